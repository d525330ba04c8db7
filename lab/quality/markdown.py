"""A report for people, in Markdown: a table a trial, the conditions below."""

from collections.abc import Sequence
from dataclasses import dataclass

from lab.benchmarks.benchmark import table
from lab.quality import aims
from lab.quality.figures import INSIDE, OUTSIDE, UNTOUCHED, WHOLE
from lab.quality.perceived import NETWORK
from lab.quality.quoted import TABLES, Quoted
from lab.quality.report import Report, Score, Summary, TrialReport


@dataclass(frozen=True, slots=True)
class Column:
    """One figure of a table: where it stands in a score, its head, and its digits."""

    stratum: str
    metric: str
    head: str
    digits: int
    interval: bool = False


_PLAIN = (
    Column(WHOLE, "psnr", "PSNR", 2, interval=True),
    Column(WHOLE, "gain", "gain", 2),
    Column(WHOLE, "ssim", "SSIM", 3),
    Column(WHOLE, "gmsd", "GMSD", 3),
    Column(WHOLE, "features", "features", 3),
    Column(WHOLE, "delta_e", "ΔE00", 2),
)
_RUSTY = (
    Column(INSIDE, "psnr", "inside", 2, interval=True),
    Column(INSIDE, "gain", "gain", 2),
    Column("translucent", "gain", "gain, translucent", 2),
    Column("partial", "gain", "partial", 2),
    Column("opaque", "gain", "opaque", 2),
    Column(INSIDE, "ssim", "SSIM inside", 3),
    Column(INSIDE, "delta_e", "ΔE00 inside", 2),
    Column(INSIDE, "delta_e_p95", "p95", 1),
    Column(WHOLE, "psnr", "whole", 2),
    Column(WHOLE, "features", "features", 3),
    Column("band", "psnr", "band", 2),
    Column(OUTSIDE, "kept", "kept outside", 1),
    Column(OUTSIDE, "flagged", "flagged outside", 3),
    Column(WHOLE, "mask_iou", "IoU", 2),
    Column(WHOLE, "mask_f1", "F1", 2),
)
_HARMLESS = (
    Column(OUTSIDE, "delta_e", "ΔE00", 2, interval=True),
    Column(OUTSIDE, "delta_e_p95", "p95", 1),
    Column(OUTSIDE, "flagged", "falsely masked", 3),
    Column(OUTSIDE, "kept", "PSNR to input", 1),
)

_NAMES = {"classical": "`{id}`", "network": "**`{id}`**"}
"""How a contestant of a kind is called; the others by their title."""

_FEATURES = (
    f"*Features*: how far apart {NETWORK}'s features lie, 0 at best; as LPIPS, but not fitted to people's "
    "judgements."
)
_READING = (
    "PSNR in dB, ΔE00 mean; gain over doing nothing in dB. *GMSD* is how unevenly edges have suffered, 0 at "
    "best: it follows people's judgement more closely than SSIM (Xue et al. 2014). " + _FEATURES
)
EXPLANATION = {
    "denoise": _READING,
    "dehaze": _READING,
    "derust": (
        "PSNR in dB, inside the rust and on the whole; gain over doing nothing in dB, inside and by stratum "
        "(translucent X < 0.15, partial to 0.7, opaque above); ΔE00 inside, mean and 95th percentile; "
        "*band*: PSNR where rust is too faint to call. *Kept outside*: PSNR of the output against the input "
        f"where there is no rust, which should be at least 45 dB ({UNTOUCHED:g} is untouched). "
        "*Flagged outside*: the share of clean pixels that the method takes for rust. IoU and F1 of its mask "
        "against X > 0.05 (cut-outs: at least half opaque). " + _FEATURES
    ),
}


def section(report: Report) -> str:
    """Return the report as Markdown, without a title."""
    parts = [_data(report), EXPLANATION[report.task] + _reading()]
    parts += [_trial(trial) for trial in report.trials]
    parts += _aims(report)
    parts += [_quoted(quoted) for quoted in TABLES[report.task]]
    parts += [f"**Failed.** {failure}" for failure in report.failures]
    if report.not_ready:
        parts.append(
            "Cannot run here yet, not measured: " + ", ".join(f"`{x}`" for x in report.not_ready) + "."
        )
    return "\n\n".join([*parts, _conditions(report)]) + "\n"


def _reading() -> str:
    return (
        " Means over photos, ± half of the 95 % interval (Student's t); results rounded to 8 bits as a file "
        "has them. *s/MP*: median seconds per megapixel of the method, without loading and saving. Networks "
        "stand first, in **bold**; what is no method of Patina stands in *italics*."
    )


def _data(report: Report) -> str:
    data = report.data
    counts = [(data.photos, "photos"), (data.with_depth, "of them with depth")]
    counts += [(data.cutouts, "cut-outs"), (data.pairs, "pairs")]
    said = ", ".join(f"{count} {what}" for count, what in counts if count)
    folders = ", ".join(f"`{folder}`" for folder in data.folders)
    held = "; only those held out from training (`lab/training/held_out`)" if data.held_out else ""
    limit = f", at most {data.limit} of a folder" if data.limit else ""
    left = f"; {len(data.left_out)} left out: {' '.join(data.left_out)}" if data.left_out else "."
    return f"Measured on {said} of {folders}{limit}{held}{left}"


def _trial(trial: TrialReport) -> str:
    columns = _columns(trial)
    rows = [_row(score, columns) for score in trial.scores]
    heads = ("method", *(column.head for column in columns), "s/MP")
    said = f"`{trial.id}`: {trial.says} Cases: {trial.cases}."
    return f"### {trial.title}\n\n{said}\n\n{table(heads, rows)}"


def _columns(trial: TrialReport) -> Sequence[Column]:
    """Return the columns that any score of `trial` fills."""
    strata = {stratum for score in trial.scores for stratum in score.figures}
    wanted = _RUSTY if INSIDE in strata else _HARMLESS if OUTSIDE in strata else _PLAIN
    return [column for column in wanted if any(_found(score, column) for score in trial.scores)]


def _row(score: Score, columns: Sequence[Column]) -> tuple[str, ...]:
    name = _NAMES.get(score.kind, "*{title}*").format(id=score.id, title=score.title)
    pace = "–" if score.seconds_per_megapixel is None else f"{score.seconds_per_megapixel:.2f}"
    return (name, *(_cell(_found(score, column), column) for column in columns), pace)


def _found(score: Score, column: Column) -> Summary | None:
    return score.figures.get(column.stratum, {}).get(column.metric)


def _cell(found: Summary | None, column: Column) -> str:
    if found is None:
        return "–"
    half = f" ± {found.half:.{column.digits}f}" if column.interval and found.half is not None else ""
    return f"{found.mean:.{column.digits}f}{half}"


def _aims(report: Report) -> list[str]:
    """Return what the networks should reach and do; nothing if there are none."""
    found = aims.verdicts(report)
    if not found:
        return []
    rows = [
        (
            f"**`{each.network}`**",
            each.aim.title,
            f"{each.found:.{each.aim.digits}f}",
            *(f"{'≤' if each.aim.most else '≥'} {value:.{each.aim.digits}f}" for value in each.values),
            "–"
            if each.ceiling is None
            else f"{each.ceiling:.2f}, {aims.SHARE:.0%} {aims.SHARE * each.ceiling:.2f}",
            each.reached,
        )
        for each in found
    ]
    heads = ("network", "figure", "measured", "aim, CPU-trained", "aim, GPU-trained", "ceiling", "reached")
    return [f"### Aims\n\n{aims.SAYS[report.task]}\n\n{table(heads, rows)}"]


def _quoted(quoted: Quoted) -> str:
    rows = [(name, *cells) for name, cells in quoted.rows.items()]
    shown = table(("quoted", *quoted.columns), rows)
    return f"### Published figures, quoted: other photos, not measured here\n\n{quoted.on}.\n\n{shown}"


def _conditions(report: Report) -> str:
    said = report.conditions
    devices = {score.device for trial in report.trials for score in trial.scores if score.device}
    versions = ", ".join(f"{name} {version}" for name, version in said.libraries.items())
    return (
        f"*{said.date}, `{said.command}`; {', '.join(sorted(devices)) or 'cpu'}; {said.processor}, "
        f"{said.cores} cores, {said.threads} threads, load {said.load:g} before; Python {said.python}, "
        f"{versions}.*"
    )
