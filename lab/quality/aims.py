"""What the networks are meant to reach, held against what they do reach; all of it from one report.

Two aims each: for a network trained on a CPU, and for one trained on a GPU. Where knowing the truth itself
reaches less than an aim (see `ceilings`), four fifths of that ceiling stand beside it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from lab.quality.denoise import LEVELS
from lab.quality.ffdnet import ID as FFDNET
from lab.quality.figures import INSIDE, OUTSIDE, WHOLE
from lab.quality.report import Report, Score, TrialReport
from models import registry

SHARE = 0.8
"""Of a ceiling that is lower than the aim."""

CBSD68_FFDNET = {15: 33.87, 25: 31.21, 50: 27.96}
CBSD68_AIMS = {15: (33.6, 34.1), 25: (31.0, 31.5), 50: (27.8, 28.3)}
"""Noise level → PSNR in dB on the 68 photos of CBSD68: FFDNet's, published, and the two aims there."""

Pair = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Aim:
    """A figure of a trial and what it should be: `values(trial)` → for CPU, for GPU; None: it cannot be told.

    It should be at least that, or with `most` at most. `whose` says which networks it is for, by their ids.
    """

    trial: str
    stratum: str
    metric: str
    title: str
    values: Callable[[TrialReport], Pair | None]
    whose: Callable[[str], bool] = lambda _: True
    most: bool = False
    digits: int = 2

    def is_met(self, found: float, aim: float) -> bool:
        """Tell whether `found` is as good as `aim`."""
        return found <= aim if self.most else found >= aim


@dataclass(frozen=True, slots=True)
class Verdict:
    """One network and one aim; `ceiling` only where it is lower than the aim for a GPU."""

    network: str
    aim: Aim
    found: float
    values: Pair
    ceiling: float | None

    @property
    def reached(self) -> str:
        """Return the most that was reached, in words."""
        met = [self.aim.is_met(self.found, value) for value in self.values]
        if any(met):
            return "both" if all(met) else "CPU" if met[0] else "GPU"
        if self.ceiling is not None and self.aim.is_met(self.found, SHARE * self.ceiling):
            return f"{SHARE:.0%} of the ceiling"
        return "**no**"


def verdicts(report: Report) -> list[Verdict]:
    """Return every network's verdicts, in the order of the networks, then of the aims."""
    trials = {trial.id: trial for trial in report.trials}
    judged = [
        verdict
        for aim in AIMS[report.task]
        if (trial := trials.get(aim.trial)) and (values := aim.values(trial))
        for verdict in _judged(aim, trial, values)
    ]
    order = {verdict.network: place for place, verdict in reversed(list(enumerate(judged)))}
    return sorted(judged, key=lambda verdict: order[verdict.network])


def _judged(aim: Aim, trial: TrialReport, values: Pair) -> list[Verdict]:
    top = _ceiling(aim, trial)
    ceiling = top if top is not None and top < max(values) else None
    return [
        Verdict(score.id, aim, found, values, ceiling)
        for score in trial.scores
        if score.kind == "network" and aim.whose(score.id)
        if (found := _figure(score, aim)) is not None
    ]


def _figure(score: Score, aim: Aim) -> float | None:
    if aim.metric == "seconds":
        return score.seconds_per_megapixel
    summary = score.figures.get(aim.stratum, {}).get(aim.metric)
    return None if summary is None else summary.mean


def _ceiling(aim: Aim, trial: TrialReport) -> float | None:
    """Return the best gain that is reached by knowing the truth, where that is known; None else."""
    known = [_figure(score, aim) for score in trial.scores if score.kind == "ceiling"]
    return max((gain for gain in known if gain is not None), default=None) if aim.metric == "gain" else None


def _fixed(by_cpu: float, by_gpu: float) -> Callable[[TrialReport], Pair]:
    return lambda _: (by_cpu, by_gpu)


def _as_on_cbsd68(sigma: int) -> Callable[[TrialReport], Pair | None]:
    """As far from FFDNet, which is measured on the same photos, as the aims are from its published figure."""

    def values(trial: TrialReport) -> Pair | None:
        found = _of(trial, FFDNET, WHOLE, "psnr")
        if found is None:
            return None
        by_cpu, by_gpu = (found + aim - CBSD68_FFDNET[sigma] for aim in CBSD68_AIMS[sigma])
        return by_cpu, by_gpu

    return values


def _ffdnets_time(trial: TrialReport) -> Pair | None:
    pace = next((score.seconds_per_megapixel for score in trial.scores if score.id == FFDNET), None)
    return None if pace is None else (pace / 4, pace / 2)


def _above_classical(trial: TrialReport) -> Pair | None:
    best = [_of(trial, score.id, WHOLE, "gain") for score in trial.scores if score.kind == "classical"]
    known = [gain for gain in best if gain is not None]
    return (max(known) + 1, max(known) + 2) if known else None


def _above_inpainting(trial: TrialReport) -> Pair | None:
    gain = _of(trial, "ceiling-inpainting", "opaque", "gain")
    return None if gain is None else (gain + 1, gain + 2)


def _half_of_nothing(trial: TrialReport) -> Pair | None:
    found = _of(trial, "nothing", INSIDE, "delta_e")
    return None if found is None else (found / 2, found / 2)


def _of(trial: TrialReport, who: str, stratum: str, metric: str) -> float | None:
    for score in trial.scores:
        if score.id == who and metric in score.figures.get(stratum, {}):
            return score.figures[stratum][metric].mean
    return None


def _is_told(network: str) -> bool:
    """Tell whether the network is told the noise level; networks that are no longer known are taken so."""
    card = next((card for card in registry.cards() if card.id == network), None)
    return card is None or any(control.name == "noise_level" for control in card.controls)


def _is_blind(network: str) -> bool:
    return not _is_told(network)


_CAMERAS = ("day", "indoor", "night")
_UNTOUCHED = "outside, PSNR to the input"

AIMS: dict[str, Sequence[Aim]] = {
    "denoise": (
        *(
            Aim(f"gaussian-{sigma}", WHOLE, "psnr", f"PSNR, σ {sigma}", _as_on_cbsd68(sigma), _is_told)
            for sigma in LEVELS
        ),
        Aim("gaussian-25", WHOLE, "seconds", "seconds per megapixel", _ffdnets_time, _is_told, most=True),
        *(
            Aim(f"camera-{name}", WHOLE, "gain", f"gain, camera, {name}", _above_classical, _is_blind)
            for name in _CAMERAS
        ),
    ),
    "dehaze": (Aim("indoor", WHOLE, "psnr", "PSNR, indoor", _fixed(22.5, 26)),),
    "derust": (
        Aim("second-generator", "translucent", "gain", "gain, translucent", _fixed(8, 10)),
        Aim("second-generator", "partial", "gain", "gain, partial", _fixed(5, 7)),
        Aim("second-generator", "opaque", "gain", "gain, opaque", _above_inpainting),
        Aim("second-generator", INSIDE, "delta_e", "ΔE00 inside", _half_of_nothing, most=True),
        Aim("second-generator", OUTSIDE, "kept", _UNTOUCHED, _fixed(45, 45), digits=1),
        Aim("cut-outs", WHOLE, "mask_f1", "F1 of the mask, cut-outs", _fixed(0.8, 0.88)),
        Aim("cut-outs", OUTSIDE, "kept", f"cut-outs, {_UNTOUCHED}", _fixed(45, 45), digits=1),
        Aim("harmless", OUTSIDE, "delta_e", "ΔE00, do no harm", _fixed(1.0, 0.6), most=True),
    ),
}

SAYS = {
    "denoise": (
        "White noise: as far from FFDNet, measured here on the same photos, as 33.6/31.0/27.8 dB (CPU) and "
        "34.1/31.5/28.3 dB (GPU) are from its published figures on CBSD68, in a quarter or half of its time. "
        "Camera noise, for networks that are not told the noise level: the gain over doing nothing, 1 or 2 "
        "dB above that of the best classical method. *Ceiling*: the gain of the photo without noise, after "
        f"JPEG alone, where that is less than an aim; then {SHARE:.0%} of it count too."
    ),
    "dehaze": "For rooms that trainings have not seen; the published test has other rooms.",
    "derust": (
        "Gain over doing nothing by stratum on the second generator's rust; opaque rust is held against the "
        "best inpainting with the true mask, 1 or 2 dB above it. *Ceiling*: the best gain of the rows that "
        f"know the truth, where that is less than an aim; then {SHARE:.0%} of it count too."
    ),
}
