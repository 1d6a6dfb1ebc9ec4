"""Fits the confidence on the dev split: a logistic regression of its signals on whether the sources answer."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
PENALTY = 1.0  # on standardised weights; keeps 300 cases from being learnt by heart
STEPS = 50


def fit_logistic(signals: Floats, answerable: NDArray[np.bool_]) -> tuple[float, tuple[float, ...]]:
    """Bias and weights, by Newton's method on the penalised likelihood (Hastie, Tibshirani, Friedman 2009, 4.4).

    `signals` is `(n, s)`. The fit is on standardised signals; what is returned applies to the signals as they are.
    """
    mean, spread = signals.mean(axis=0), np.maximum(signals.std(axis=0), 1e-9)
    rows = np.hstack([np.ones((len(signals), 1)), (signals - mean) / spread])
    weights = np.zeros(rows.shape[1])
    ridge = PENALTY * np.eye(rows.shape[1])
    ridge[0, 0] = 0.0
    for _ in range(STEPS):
        share = 1.0 / (1.0 + np.exp(-rows @ weights))
        gradient = rows.T @ (share - answerable) + ridge @ weights
        curvature = (rows * (share * (1 - share))[:, None]).T @ rows + ridge
        weights = weights - np.linalg.solve(curvature, gradient)
    scaled = weights[1:] / spread
    return float(weights[0] - scaled @ mean), tuple(float(weight) for weight in scaled)


def choose_threshold(confidences: Floats, answerable: NDArray[np.bool_], answered: float) -> float:
    """The highest threshold at which at least the share `answered` of the answerable questions is answered."""
    return float(np.quantile(confidences[answerable], 1.0 - answered, method="lower"))


def describe(names: Sequence[str], bias: float, weights: Sequence[float], threshold: float) -> str:
    """The constants, as they stand in chat/answer.py."""
    named = "".join(f"    # {name}: {weight:+.3f}\n" for name, weight in zip(names, weights, strict=True))
    rounded = ", ".join(f"{weight:.3f}" for weight in weights)
    return f"{named}CALIBRATION = Calibration(bias={bias:.3f}, weights=({rounded}))\nthreshold: float = {threshold:.2f}"
