"""All contestants on all trials of a task → one frozen report, which is what `--json` writes."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from pathlib import Path
from statistics import mean, median, stdev

from scipy.stats import t as student

from lab import record
from lab.benchmarks.conditions import Conditions
from lab.quality.case import Case, Trial
from lab.quality.contestants import NOTHING, Answer, Contestant
from lab.quality.figures import Figures, figures
from lab.quality.photos import Material
from models.errors import ModelsError

CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class Summary:
    """A figure over photos: mean, half the width of its 95 % interval (Student's t), count, least and most.

    The interval speaks of other photos of this kind; with one photo there is none.
    """

    mean: float
    half: float | None
    n: int
    least: float
    most: float


@dataclass(frozen=True, slots=True)
class Score:
    """How a contestant did in a trial: stratum → metric → summary.

    `seconds_per_megapixel` is the median over photos, of method and preprocessing, without loading, on
    `device`.
    """

    id: str
    title: str
    kind: str
    seconds_per_megapixel: float | None
    device: str | None
    figures: Mapping[str, Mapping[str, Summary]]


@dataclass(frozen=True, slots=True)
class TrialReport:
    """A trial and its scores, in the order of the contestants; `cases` is how many there were."""

    id: str
    title: str
    says: str
    cases: int
    scores: tuple[Score, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Data:
    """What was measured on: names of folders, counts, and a sentence for each picture that was left out."""

    folders: tuple[str, ...]
    photos: int
    with_depth: int
    cutouts: int
    pairs: int
    held_out: bool
    limit: int | None
    left_out: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One run of `python -m lab bench`."""

    task: str
    conditions: Conditions
    data: Data
    not_ready: tuple[str, ...]
    failures: tuple[str, ...]
    trials: tuple[TrialReport, ...]

    def write(self, path: Path) -> None:
        """Write JSON, figures rounded to four decimals."""
        record.write(self, path, lambda figure: round(figure, 4))


def read(path: Path) -> Report:
    """Return the report that `Report.write` left in `path`."""
    return record.read(Report, path)


class Run:
    """Runs trials; `failures` are sentences about contestants that failed, who are asked no further."""

    def __init__(self, contestants: Sequence[Contestant], tell: Callable[[str], None]) -> None:
        assert contestants[0] is NOTHING
        self.failures: list[str] = []
        self._contestants = contestants
        self._tell = tell

    def trial(self, trial: Trial, material: Material) -> TrialReport | None:
        """Return the scores of one trial; None if the material has nothing for it."""
        sheets = {each.id: _Sheet() for each in self._contestants}
        count = 0
        for count, case in enumerate(trial.cases(material), 1):
            self._tell(f"{trial.title}: {case.name} ({count})")
            self._judge(case, sheets)
        if not count:
            return None
        scores = tuple(sheets[each.id].score(each) for each in self._contestants if sheets[each.id].figures)
        return TrialReport(trial.id, trial.title, trial.says, count, scores)

    def _judge(self, case: Case, sheets: Mapping[str, "_Sheet"]) -> None:
        untreated: Figures = {}
        for contestant in self._contestants:
            answer = self._ask(contestant, case)
            if answer is None:
                continue
            found = figures(case, answer)
            untreated = untreated or found
            sheets[contestant.id].add(case, answer, _with_gain(found, untreated))

    def _ask(self, contestant: Contestant, case: Case) -> Answer | None:
        if any(failure.startswith(f"{contestant.id}: ") for failure in self.failures):
            return None
        try:
            return contestant.answer(case)
        except ModelsError as error:
            self.failures.append(f"{contestant.id}: {error} (on {case.name}; it is measured no further)")
            self._tell(self.failures[-1])
            return None


def _with_gain(found: Figures, untreated: Figures) -> Figures:
    """Return `found` with `gain`, the PSNR beyond that of doing nothing, in every stratum."""
    return {
        stratum: {**metrics, "gain": metrics["psnr"] - untreated[stratum]["psnr"]}
        for stratum, metrics in found.items()
    }


class _Sheet:
    """A contestant's figures, gathered case by case."""

    def __init__(self) -> None:
        self.figures: list[Figures] = []
        self._paces: list[float] = []
        self._device: str | None = None

    def add(self, case: Case, answer: Answer, found: Figures) -> None:
        self.figures.append(found)
        height, width = case.reference.shape[:2]
        if answer.seconds is not None:
            self._paces.append(answer.seconds / (height * width / 1e6))
            self._device = answer.device

    def score(self, contestant: Contestant) -> Score:
        pace = median(self._paces) if self._paces else None
        summaries = {
            stratum: {
                metric: summary(
                    [each[stratum][metric] for each in self.figures if metric in each.get(stratum, {})]
                )
                for metric in metrics
            }
            for stratum, metrics in self._named().items()
        }
        return Score(contestant.id, contestant.title, contestant.kind, pace, self._device, summaries)

    def _named(self) -> dict[str, list[str]]:
        """Return stratum → metrics that any photo has, in the order they first came."""
        named: dict[str, dict[str, None]] = {}
        for each in self.figures:
            for stratum, metrics in each.items():
                named.setdefault(stratum, {}).update(dict.fromkeys(metrics))
        return {stratum: list(metrics) for stratum, metrics in named.items()}


def summary(values: Sequence[float]) -> Summary:
    """Return mean, interval, count and extremes of one or more `values`.

    >>> summary([2.0, 2.0, 2.0])
    Summary(mean=2.0, half=0.0, n=3, least=2.0, most=2.0)
    """
    n = len(values)
    spread = stdev(values) / sqrt(n) if n > 1 else None
    half = None if spread is None else float(student.ppf((1 + CONFIDENCE) / 2, n - 1)) * spread
    return Summary(mean(values), half, n, min(values), max(values))
