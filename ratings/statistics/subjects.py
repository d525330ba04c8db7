"""ITU-T P.910's subject model: each stimulus's quality, each subject's bias and inconsistency."""

from dataclasses import dataclass
from math import inf
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ratings.statistics.small_samples import CONFIDENCE


@dataclass(frozen=True, slots=True, eq=False)
class SubjectModel:
    """What ITU-T P.910's model makes of grades of J stimuli by I subjects.

    `quality`, `low` and `high`, shape (J,), are on the scale of the grades; `bias`, shape (I,), of mean 0,
    is how much higher a subject grades than the others, `inconsistency`, shape (I,), ≥ 0, the standard
    deviation of what is left, both in grades.

    `led_by` is the subject who has more than half of the weight, or None. The likelihood has no maximum: it
    grows for ever as the quality follows one subject's every grade, whose inconsistency goes to 0. In small
    studies the solution ends there (in 21 % of those with 12 stimuli and 15 subjects, and in 86 % with 40
    and 5: measured). It then means nothing: `low` and `high` are -inf and inf, and plain means should be
    shown instead.
    """

    quality: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    bias: NDArray[np.float64]
    inconsistency: NDArray[np.float64]
    led_by: int | None


def subject_model(grades: ArrayLike) -> SubjectModel:
    """Return the model of `grades`, shape (stimuli, subjects), NaN where a subject did not grade a stimulus.

        grade of stimulus j by subject i = quality_j + bias_i + N(0, inconsistency_i²)

    by maximum likelihood (ITU-T P.910, Annex E; Li and others, "A simple model for subject behavior in
    subjective experiments", HVEI 2020), found by sureal. Every stimulus has a grade, and every subject two
    or more.

    The 95 % interval is for other subjects too, which P.910's own, quality ± 1.96 · s_j / √N_j, is not (it
    covers 84 to 91 % of what it should then: measured):

        quality ± t(0.975, I - 1) · √(s_j² / N_j + s_b² / I)

    with s_j the standard deviation of what is left of the N_j grades of a stimulus, and s_b that of the
    biases.

    >>> shown = np.random.default_rng(1).integers(1, 6, size=(40, 1))
    >>> found = subject_model(np.clip(shown + np.random.default_rng(2).integers(-1, 2, size=(40, 6)), 1, 5))
    >>> found.led_by is None, bool(np.corrcoef(found.quality, shown.ravel())[0, 1] > 0.9)
    (True, True)
    >>> subject_model([[4, 5, 4, 5], [1, 2, 2, 1], [3, 4, 3, 3], [2, 2, 1, 3]]).led_by
    0
    """
    matrix = as_matrix(grades)
    given = ~np.isnan(matrix)
    assert np.all(given.sum(axis=1) >= 1), "every stimulus has a grade"
    assert np.all(given.sum(axis=0) >= 2), "every subject gave two grades or more"
    assert matrix.shape[1] >= 2, "one subject alone has no bias"
    found = _by_sureal(matrix)
    quality, bias = np.array(found["quality_scores"]), np.array(found["observer_bias"])
    inconsistency = np.array(found["observer_inconsistency"])
    leader = _leader(inconsistency)
    half = _half_width(matrix, quality, bias) if leader is None else np.full_like(quality, inf)
    return SubjectModel(quality, quality - half, quality + half, bias, inconsistency, leader)


def as_matrix(grades: ArrayLike) -> NDArray[np.float64]:
    """Return `grades` as an array of shape (stimuli, subjects), checked: in [1, 5] or NaN."""
    matrix = np.asarray(grades, dtype=np.float64)
    assert matrix.ndim == 2, f"grades have shape (stimuli, subjects), not {matrix.shape}"
    assert np.all(np.isnan(matrix) | ((matrix >= 1) & (matrix <= 5))), "grades lie in [1, 5]"
    return matrix


def _leader(inconsistency: NDArray[np.float64]) -> int | None:
    precision = 1 / np.maximum(inconsistency, 1e-9) ** 2
    leader = int(np.argmax(precision))
    return leader if precision[leader] > precision.sum() / 2 else None


def _half_width(
    matrix: NDArray[np.float64], quality: NDArray[np.float64], bias: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return half the width of each stimulus's interval, inf where one subject alone graded it."""
    from scipy.special import stdtrit

    left = matrix - quality[:, None] - bias
    count = np.sum(~np.isnan(matrix), axis=1)
    spread = np.nansum(left**2, axis=1) / np.maximum(count - 1, 1) / count
    half = stdtrit(len(bias) - 1, (1 + CONFIDENCE) / 2) * np.sqrt(spread + bias.var(ddof=1) / len(bias))
    return np.where(count > 1, half, inf)


def _by_sureal(matrix: NDArray[np.float64]) -> dict[str, Any]:
    """Return sureal's result for P.910, Annex E, which calls stimuli videos and subjects observers."""
    library = _sureal()
    videos = [
        {"content_id": 0, "asset_id": number, "path": str(number), "os": row.tolist()}
        for number, row in enumerate(matrix)
    ]
    dataset = SimpleNamespace(ref_videos=[{"content_id": 0, "path": ""}], dis_videos=videos)
    model = library.SubjectMLEModelProjectionSolver2(library.RawDatasetReader(dataset))
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):  # inconsistencies that go to 0
        return model.run_modeling()


def _sureal() -> ModuleType:
    """Return sureal's module of models, silenced; importing it takes seconds (pandas, matplotlib).

    It writes to `sys.stdout` at each iteration. Only its own view of `sys` is replaced: contextlib's
    redirection would swallow what other threads print meanwhile.
    """
    import sureal.subjective_model as library  # pyright: ignore[reportMissingTypeStubs]

    library.sys = SimpleNamespace(stdout=_Silence())  # pyright: ignore[reportAttributeAccessIssue]
    return library


class _Silence:
    def write(self, text: str) -> None:
        """Say nothing."""

    def flush(self) -> None:
        """Nothing was said."""
