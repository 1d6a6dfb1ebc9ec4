"""Exact search over vectors. The only file that imports faiss."""

from __future__ import annotations

from collections.abc import Sequence

import faiss
import numpy as np
from numpy.typing import NDArray

from indexer.errors import IndexUnusable

faiss.omp_set_num_threads(1)  # one query at a time is faster on one thread than on two


class VectorIndex:
    """Rows of vectors and their inner products with a query: cosine, where the rows are unit rows."""

    def __init__(self, index: faiss.IndexFlat) -> None:
        self._index = index

    @classmethod
    def from_vectors(cls, vectors: NDArray[np.float32]) -> VectorIndex:
        """`vectors` is `(n, d)` float32, finite; row i keeps the number i."""
        if vectors.ndim != 2 or not np.isfinite(vectors).all():
            raise ValueError(f"expected finite vectors of shape (n, d), found shape {vectors.shape}, finite: {np.isfinite(vectors).all()}")
        index = faiss.IndexFlatIP(vectors.shape[1])
        if len(vectors):
            index.add(np.ascontiguousarray(vectors, dtype=np.float32))
        return cls(index)

    @property
    def count(self) -> int:
        return int(self._index.ntotal)

    @property
    def dimension(self) -> int:
        return int(self._index.d)

    def search(self, queries: NDArray[np.float32], k: int) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """Scores and row numbers, each `(q, min(k, n))`, best first; never a row number of -1.

        Raises `ValueError` for a query of another shape, or one that is not finite.
        """
        if queries.ndim != 2 or queries.shape[1] != self.dimension:
            raise ValueError(f"expected queries of shape (q, {self.dimension}), found {queries.shape}")
        if not np.isfinite(queries).all():
            raise ValueError("expected finite queries, found NaN or infinity")
        k = min(k, self.count)
        if k < 1 or not len(queries):
            return np.zeros((len(queries), 0), np.float32), np.zeros((len(queries), 0), np.int64)
        scores, rows = self._index.search(np.ascontiguousarray(queries, dtype=np.float32), k)
        return scores, rows

    def scores(self, queries: NDArray[np.float32]) -> NDArray[np.float32]:
        """The score of every row, `(q, n)`, in row order."""
        scores, rows = self.search(queries, self.count)
        in_order = np.empty_like(scores)
        np.put_along_axis(in_order, rows, scores, axis=1)
        return in_order

    def rows(self, numbers: Sequence[int]) -> NDArray[np.float32]:
        """The stored vectors of these rows, `(len(numbers), d)`."""
        return np.stack([self._index.reconstruct(int(number)) for number in numbers]) if numbers else np.zeros((0, self.dimension), np.float32)

    def to_bytes(self) -> bytes:
        return bytes(faiss.serialize_index(self._index).tobytes())

    @classmethod
    def from_bytes(cls, content: bytes, count: int, dimension: int, name: str) -> VectorIndex:
        """Raises `IndexUnusable` unless the bytes are an exact index of that shape. Verify their hash before."""
        index = faiss.deserialize_index(np.frombuffer(content, dtype=np.uint8))
        if not isinstance(index, faiss.IndexFlat) or index.metric_type != faiss.METRIC_INNER_PRODUCT:
            raise IndexUnusable(f"expected an exact inner-product index in {name}, found {type(index).__name__}: run python -m indexer build")
        if (index.ntotal, index.d) != (count, dimension):
            raise IndexUnusable(f"expected {count} vectors of {dimension} in {name}, found {index.ntotal} of {index.d}: run python -m indexer build")
        return cls(index)
