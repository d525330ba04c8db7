"""Generators of one set of images → one frozen report, which is what `--json` writes."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from lab import record
from lab.benchmarks.conditions import Conditions
from lab.generating.likeness import frechet
from lab.measuring.coverage import Coverage, coverage
from lab.measuring.features import Features
from lab.measuring.kernel import KernelDistance, kernel_distance
from lab.measuring.made import Training
from lab.measuring.neighbours import Neighbours

_DIGITS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """How unlike two sets of features are, by three ways of comparing them."""

    frechet: float
    kernel: KernelDistance
    coverage: Coverage


def figures(made: Features, real: Features) -> Figures:
    """Return all figures of `made` against `real`, each (n, d), as many of the one as of the other.

    The Fréchet distance (Heusel et al. 2017) falls with n, so compare it at one n alone.
    """
    return Figures(
        frechet=frechet(made.astype(np.float64), real.astype(np.float64)),
        kernel=kernel_distance(made, real),
        coverage=coverage(made, real),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A generator: its name, its weights' SHA-256, how they came to be if that is known, and its figures."""

    name: str
    weights_sha256: str
    training: Training | None
    figures: Figures
    neighbours: Neighbours


@dataclass(frozen=True, slots=True, kw_only=True)
class Data:
    """What was compared: `learnt_from` and `held_out` images in `folders`, as squares of `side` pixels.

    `compared` made images with as many that were learnt from, drawn by `seed`; and beside them as many other
    real ones, of which `others_held_out` are held out and the rest learnt from too. Made images are those of
    the seeds 0 to `compared` − 1.
    """

    folders: tuple[str, ...]
    learnt_from: int
    held_out: int
    side: int
    channels: int
    compared: int
    others_held_out: int
    seed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One run of `python -m lab measure`.

    Features are those of `network` on images of `network_side` pixels; `real` are the figures of other real
    images, as if a perfect generator had made them.
    """

    conditions: Conditions
    network: str
    network_side: int
    data: Data
    real: Figures
    generators: tuple[Measured, ...]

    def write(self, path: Path) -> None:
        """Write JSON, figures rounded to six digits."""
        record.write(self, path, lambda figure: float(f"{figure:.{_DIGITS}g}"))


def read(path: Path) -> Report:
    """Return the report that `Report.write` left in `path`."""
    return record.read(Report, path)
