"""`python -m lab measure`: from what a person typed to a report."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath

from lab.benchmarks.conditions import conditions
from lab.errors import CannotKeepError, MaterialError
from lab.measuring import features, made, neighbour_sheet, real
from lab.measuring.features import Eye
from lab.measuring.made import Maker
from lab.measuring.neighbour_sheet import Pairs
from lab.measuring.neighbours import asked, found, neighbours
from lab.measuring.real import Real
from lab.measuring.report import Data, Measured, Report, figures
from lab.sheets import drawing
from models.workshop import Workshop


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What was asked for: ids or folders of generators, all of one size, and what they are measured by."""

    generators: Sequence[str]
    data: Sequence[Path]
    count: int
    sheet: Path | None = None


def run(call: Call, workshop: Workshop, typed: Sequence[str], tell: Callable[[str], None]) -> Report:
    """Measure, write the sheet if one is asked for, and return the report; `typed` is the command.

    Raises LabError and ModelsError: nothing to measure by, or generators that cannot be measured.
    """
    before = conditions(" ".join(without_place(word) for word in typed))
    if call.sheet is not None:
        drawing.check_target(call.sheet)
    makers = [made.maker(word, workshop) for word in call.generators]
    side, channels = _one_size(makers)
    eye = features.opened(workshop.settings.data_dir / "measuring")
    photos = real.read(call.data, tell)
    known = real.prepared(photos, side=side, channels=channels, count=call.count, eye=eye, tell=tell)
    tell("Comparing real images with each other.")
    beside = figures(known.others, known.reference)
    measured = [_measured(maker, known, eye, tell) for maker in makers]
    report = Report(
        conditions=before,
        network=features.NETWORK,
        network_side=features.SIDE,
        data=_data(call, known),
        real=beside,
        generators=tuple(each for each, _ in measured),
    )
    if call.sheet is not None:
        drawing.save(neighbour_sheet.draw([pairs for _, pairs in measured]), call.sheet)
    return report


def keep(report: Report, path: Path) -> None:
    """Write the report to `path`; raises CannotKeepError: it cannot be written."""
    try:
        report.write(path)
    except OSError as error:
        raise CannotKeepError(f"'{path}' cannot be written: {error.strerror}.") from error


def without_place(word: str) -> str:
    """Return the last name of an absolute path: where it lies on one machine concerns nobody else.

    >>> without_place("/home/me/flowers"), without_place("data/flowers")
    ('flowers', 'data/flowers')
    """
    return PurePath(word).name if word.startswith("/") else word


def _one_size(makers: Sequence[Maker]) -> tuple[int, int]:
    """Return the side and channels that all have; raises MaterialError: they differ."""
    sizes = {(maker.side, maker.channels) for maker in makers}
    if len(sizes) > 1:
        said = ", ".join(f"'{each.name}' {each.side}×{each.side}×{each.channels}" for each in makers)
        raise MaterialError(
            f"Expected generators of one size, which are measured by the same images; found {said}. "
            "Measure those of each size in a call of their own."
        )
    return sizes.pop()


def _measured(maker: Maker, known: Real, eye: Eye, tell: Callable[[str], None]) -> tuple[Measured, Pairs]:
    """Return the figures of a generator, and its images with what is nearest to them."""
    count = len(known.reference)
    tell(f"{maker.name}: making and measuring {count} images.")
    images = maker.images(count)
    seen = eye.look(images)
    near = found(asked(images, seen, eye), known.learning, known.learning_features)
    of_made = figures(seen, known.reference)
    tell(f"{maker.name}: Fréchet distance {of_made.frechet:.1f}.")
    return Measured(
        name=maker.name,
        weights_sha256=maker.weights_sha256,
        training=maker.training,
        figures=of_made,
        neighbours=neighbours(near, known.nearest),
    ), neighbour_sheet.pairs(maker.name, images, near, known.learning)


def _data(call: Call, known: Real) -> Data:
    return Data(
        folders=tuple(folder.resolve().name for folder in call.data),
        learnt_from=len(known.learning),
        held_out=known.held_out,
        side=known.learning.shape[1],
        channels=known.learning.shape[3],
        compared=len(known.reference),
        others_held_out=known.others_held_out,
        seed=real.SEED,
    )
