"""Gradient-boosted trees as plain arrays: trained by scikit-learn, served by numpy, saved as JSON numbers.

One row through scikit-learn's own predictor costs about 1 ms of checks and dispatch; walking all trees at once
with numpy costs about 0.1 ms and needs no pickle, so a model file cannot run code.
"""

from __future__ import annotations

from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]
SETTINGS: dict[str, Any] = {
    "max_iter": 120,
    "learning_rate": 0.05,
    "max_leaf_nodes": 8,
    "min_samples_leaf": 40,
    "l2_regularization": 5.0,
    "random_state": 0,
}
FIELDS = ("feature", "threshold", "left", "right", "value", "missing_left", "leaf")


class Trees:
    """A boosted ensemble: probability of the positive class for rows of features (NaN = unknown)."""

    def __init__(self, baseline: float, tables: dict[str, Array]) -> None:
        self.baseline = baseline
        self.feature = tables["feature"].astype(np.int64)
        self.threshold = tables["threshold"].astype(np.float64)
        self.left = tables["left"].astype(np.int64)
        self.right = tables["right"].astype(np.int64)
        self.value = tables["value"].astype(np.float64)
        self.missing_left = tables["missing_left"].astype(bool)
        self.leaf = tables["leaf"].astype(bool)
        self._walk = _Walk(self)

    @classmethod
    def fit(cls, rows: Array, y: Array) -> Trees:
        """Train; with fewer than 80 rows of data leaves shrink so that tiny sets still learn something."""
        from sklearn.ensemble import HistGradientBoostingClassifier

        rows = rows.copy()
        rows[:, np.isnan(rows).all(axis=0)] = 0.0  # a signal no session has: constant, so never split on
        smallest = max(2, min(SETTINGS["min_samples_leaf"], len(y) // 20))
        model = HistGradientBoostingClassifier(**{**SETTINGS, "min_samples_leaf": smallest}).fit(rows, y)
        grown = [stage[0].nodes for stage in model._predictors]
        width = max(len(nodes) for nodes in grown)

        def table(name: str, fill: float = 0) -> Array:
            out = np.full((len(grown), width), fill, dtype=np.float64)
            for i, nodes in enumerate(grown):
                out[i, : len(nodes)] = nodes[name]
            return out

        tables = {
            "feature": table("feature_idx"),
            "threshold": np.nan_to_num(table("num_threshold"), posinf=1e300),
            "left": table("left"),
            "right": table("right"),
            "value": table("value"),
            "missing_left": table("missing_go_to_left"),
            "leaf": table("is_leaf", 1),
        }
        return cls(float(np.ravel(model._baseline_prediction)[0]), tables)

    def log_odds(self, row: Array) -> float:
        """Log-odds for one row."""
        return self.baseline + float(self.value.ravel()[self._walk.leaves(row)].sum())

    def probabilities(self, rows: Array) -> Array:
        return np.array([1 / (1 + np.exp(-self.log_odds(row))) for row in rows])

    def to_dict(self) -> dict[str, Any]:
        return {"baseline": self.baseline, **{name: getattr(self, name).tolist() for name in FIELDS}}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Trees:
        return cls(float(data["baseline"]), {name: np.array(data[name]) for name in FIELDS})


class _Walk:
    """All trees as one list of nodes, whose leaves lead to themselves: as many steps as the deepest tree has levels.

    Half of the time that walking tree by node table took (0.14 -> 0.07 ms a row).
    """

    def __init__(self, trees: Trees) -> None:
        count, width = trees.feature.shape
        first = np.arange(count) * width
        itself = first[:, None] + np.arange(width)
        self._roots = first
        self._feature = trees.feature.ravel()
        self._threshold = trees.threshold.ravel()
        self._missing_left = trees.missing_left.ravel()
        left = np.where(trees.leaf, itself, first[:, None] + trees.left)
        right = np.where(trees.leaf, itself, first[:, None] + trees.right)
        self._below = np.stack([right.ravel(), left.ravel()])
        self._levels = self._depth()

    def leaves(self, row: Array) -> Array:
        """The leaf of each tree that the row falls into, in the order of the flattened tables."""
        unknown = np.isnan(row)
        at: Array = self._roots
        for _ in range(self._levels):
            feature = self._feature[at]
            goes_left = row[feature] <= self._threshold[at]
            goes_left |= unknown[feature] & self._missing_left[at]
            at = self._below[goes_left.view(np.int8), at]
        return at

    def _depth(self) -> int:
        """Steps until every branch has ended in its leaf."""
        at = self._roots
        steps = 0
        while True:
            below = np.unique(self._below[:, at])
            if np.isin(below, at).all() and len(below) == len(at):
                return steps
            at, steps = below, steps + 1
