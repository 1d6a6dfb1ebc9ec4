from __future__ import annotations

import faiss
import numpy as np
import pytest

from indexer.errors import IndexUnusable
from indexer.vectors import VectorIndex


def unit_rows(count: int, dimension: int, seed: int) -> np.ndarray:
    rows = np.random.default_rng(seed).normal(size=(count, dimension)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def brute_force(vectors: np.ndarray, queries: np.ndarray, k: int) -> np.ndarray:
    """The k best scores of each query, best first, by a full sort."""
    return -np.sort(-(queries.astype(np.float64) @ vectors.astype(np.float64).T), axis=1)[:, :k]


@pytest.mark.parametrize("k", [1, 3, 10, 500])
def test_search_finds_what_a_full_sort_finds(k: int) -> None:
    vectors, queries = unit_rows(500, 16, 0), unit_rows(20, 16, 1)
    scores, rows = VectorIndex.from_vectors(vectors).search(queries, k)
    assert scores.shape == rows.shape == (20, k)
    np.testing.assert_allclose(scores, brute_force(vectors, queries, k), atol=1e-6)
    np.testing.assert_array_equal(rows, np.argsort(-(queries @ vectors.T), axis=1, kind="stable")[:, :k])


def test_rows_that_tie_have_their_true_scores_and_each_row_comes_once() -> None:
    # Whole numbers, so that products are exact and many rows tie.
    vectors = np.random.default_rng(3).integers(-1, 2, size=(200, 4)).astype(np.float32)
    queries = np.array([[1, 0, 0, 0], [1, 1, -1, 0], [0, 0, 0, 0]], np.float32)
    for k in (1, 7, 150, 200):
        scores, rows = VectorIndex.from_vectors(vectors).search(queries, k)
        np.testing.assert_array_equal(scores, brute_force(vectors, queries, k))
        for query, query_scores, query_rows in zip(queries, scores, rows, strict=True):
            assert len(set(query_rows.tolist())) == k
            np.testing.assert_array_equal(vectors[query_rows] @ query, query_scores)


@pytest.mark.parametrize(("count", "k", "expected"), [(3, 10, 3), (3, 3, 3), (0, 5, 0), (3, 0, 0)])
def test_no_more_rows_are_found_than_there_are_and_never_row_minus_one(count: int, k: int, expected: int) -> None:
    scores, rows = VectorIndex.from_vectors(unit_rows(count, 8, 0)).search(unit_rows(2, 8, 1), k)
    assert scores.shape == rows.shape == (2, expected)
    assert (rows >= 0).all() and (scores.dtype, rows.dtype) == (np.float32, np.int64)


def test_no_queries_find_nothing() -> None:
    scores, rows = VectorIndex.from_vectors(unit_rows(3, 8, 0)).search(np.zeros((0, 8), np.float32), 2)
    assert len(scores) == len(rows) == 0


@pytest.mark.parametrize("shape", [(8,), (2, 7), (2, 9), (1, 2, 8)])
def test_a_query_of_another_shape_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=r"expected queries of shape \(q, 8\), found \("):
        VectorIndex.from_vectors(unit_rows(3, 8, 0)).search(np.zeros(shape, np.float32), 2)


@pytest.mark.parametrize("number", [np.nan, np.inf, -np.inf])
def test_numbers_that_are_none_are_refused(number: float) -> None:
    rows = unit_rows(3, 8, 0)
    index = VectorIndex.from_vectors(rows)
    rows[1, 4] = number
    with pytest.raises(ValueError, match="expected finite queries"):
        index.search(rows, 2)
    with pytest.raises(ValueError, match="expected finite vectors"):
        VectorIndex.from_vectors(rows)


def test_a_single_row_is_no_matrix_of_vectors() -> None:
    with pytest.raises(ValueError, match=r"expected finite vectors of shape \(n, d\)"):
        VectorIndex.from_vectors(np.ones(8, np.float32))


def test_all_scores_come_in_row_order() -> None:
    vectors, queries = unit_rows(50, 8, 4), unit_rows(3, 8, 5)
    np.testing.assert_allclose(VectorIndex.from_vectors(vectors).scores(queries), queries @ vectors.T, atol=1e-6)
    assert VectorIndex.from_vectors(vectors[:0]).scores(queries).shape == (3, 0)


def test_stored_rows_are_given_back_by_number() -> None:
    vectors = unit_rows(5, 8, 6)
    index = VectorIndex.from_vectors(vectors)
    np.testing.assert_array_equal(index.rows([4, 0, 4]), vectors[[4, 0, 4]])
    assert index.rows([]).shape == (0, 8)
    assert (index.count, index.dimension) == (5, 8)


@pytest.mark.parametrize("count", [0, 1, 40])
def test_an_index_comes_back_from_its_bytes_as_it_was(count: int) -> None:
    vectors, queries = unit_rows(count, 8, 7), unit_rows(2, 8, 8)
    content = VectorIndex.from_vectors(vectors).to_bytes()
    assert content == VectorIndex.from_vectors(vectors.copy()).to_bytes()
    again = VectorIndex.from_bytes(content, count, 8, "sentences.faiss")
    for one, other in zip(again.search(queries, 5), VectorIndex.from_vectors(vectors).search(queries, 5), strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize(("count", "dimension"), [(4, 8), (6, 8), (5, 7)])
def test_bytes_of_another_shape_are_refused(count: int, dimension: int) -> None:
    content = VectorIndex.from_vectors(unit_rows(5, 8, 0)).to_bytes()
    with pytest.raises(IndexUnusable, match=f"expected {count} vectors of {dimension} in sentences.faiss, found 5 of 8: run python -m indexer build"):
        VectorIndex.from_bytes(content, count, dimension, "sentences.faiss")


def test_bytes_of_another_kind_of_index_are_refused() -> None:
    for other in (faiss.IndexFlatL2(8), faiss.IndexHNSWFlat(8, 4)):
        with pytest.raises(IndexUnusable, match=f"expected an exact inner-product index in sentences.faiss, found {type(other).__name__}"):
            VectorIndex.from_bytes(faiss.serialize_index(other).tobytes(), 0, 8, "sentences.faiss")
