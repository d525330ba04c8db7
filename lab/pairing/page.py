"""`docs/pairing.md`, made from `lab/results/pairing.json` and `pairing.md` and nothing else."""

from collections.abc import Mapping
from pathlib import Path

from lab.benchmarks.benchmark import table
from lab.pairing.report import HALF_WIDTH, TAU, Effort, Report, Row
from lab.pairing.scenes import OLD_VOTES, TIES
from lab.pairing.simulation import FIRST
from lab.record import read, write
from ratings.pairing import AT_RANDOM, LARGEST_SHARE

_ROOT = Path(__file__).parents[2]
RESULTS = _ROOT / "lab" / "results" / "pairing.json"
REMARKS = RESULTS.with_suffix(".md")
PAGE = _ROOT / "docs" / "pairing.md"

_HEAD = f"""# Which pair is shown next

How blind comparisons choose, and what that saves. Made by `python -m lab.pairing` from the figures in \
`lab/results/pairing.json`: do not edit it by hand. To measure again:

    python -m lab.pairing measure

The votes so far tell how strong each contestant is, and how sure that is (Bradley and Terry's model with a \
wide prior); and from that follows how much one more vote on each pair is expected to tell. Hybrid-MST (Li, \
Mantiuk, Wang, Ling and Le Callet, NeurIPS 2018) takes the spanning tree of the pairs that tell most. The \
pair that is shown is drawn evenly from that tree, but {AT_RANDOM:.0%} of the deals are drawn from all \
pairs, so that every pair keeps a chance, and one contestant is in at most {LARGEST_SHARE:.0%} of the \
others: without that, a newcomer would be in all of them. Left and right are drawn.

Choosing so changes nothing in the likelihood of Bradley and Terry's model, which is what scores are made \
from. It does make **shares of wins incomparable**: who mostly meets equals wins half of the time, however \
strong.

## Against other ways

Simulated people judge contestants whose strengths are known. Equals tie in {TIES:.0%} of the votes, others \
less often. People do not differ from each other here and no input is harder than another, so real boards \
need more votes than these; what counts is the ratio. The next pairs are planned after every k votes, k \
being the number of contestants.

- *random*: every pair alike.
- *fewest votes*: the pair that has met least often.
- *interval reduction*: P(a) ∝ √(Σ_aa / n_a) − √(Σ_aa / (n_a + 1)), as in Chatbot Arena (Chiang and others, \
ICML 2024).
- *information*: drawn in proportion to the expected information.
- **hybrid-mst**: what Patina does. As in the two above it, {AT_RANDOM:.0%} are drawn from all pairs.

*Order*: votes until the mean of Kendall's τ with the true order reaches {TAU}. *Width*: votes until the \
mean half-width of the 95 % intervals of neighbours' differences is down to {HALF_WIDTH} logits. *Times*: \
those votes by the votes that *random* takes, with the 95 % interval by resampling seeds; below 1 saves \
votes. *Least*: the votes of the contestant with the fewest by the mean of all, in the worst seed. \
*Covered*: intervals that hold the true difference, after the last vote; above 95 % is expected, since ties \
as half wins make them too wide.
"""

_JOINED = (
    f"All but one, as evenly spread as above, have {OLD_VOTES} votes each, dealt at random. The new one is "
    "better than three quarters of them. *Order* and *width* are those of its own place; *first* is the "
    f"share of the first {FIRST} deals in which it is. *Least* counts deals since it joined."
)
_SCENES: Mapping[str, tuple[str, str]] = {
    "even": (
        "Evenly spread",
        "From the weakest to the strongest it is 3 logits (8 contestants), 3.5 (16) or 4 (40).",
    ),
    "clustered": (
        "Near ties",
        "Groups of four that are 0.1 logits apart within; the groups' means are 0.6 apart.",
    ),
    "joined": (
        "One joins",
        _JOINED,
    ),
}
"""Scene → its title, and what it is."""


def kept(path: Path = RESULTS) -> Report | None:
    """Return what has been measured, None if nothing has."""
    return read(Report, path) if path.exists() else None


def keep(report: Report, path: Path = RESULTS) -> None:
    """Write `report`, each figure to four decimal places."""
    write(report, path, lambda figure: round(figure, 4))


def page(report: Report | None, remarks: str) -> str:
    """Return the page."""
    if report is None:
        return f"{_HEAD}\nNot measured yet.\n"
    sections = [_section(name, report) for name in _SCENES]
    return "\n".join([_HEAD, *filter(None, [remarks]), *sections, _conditions(report)])


def write_page() -> None:
    """Write the page anew."""
    remarks = REMARKS.read_text(encoding="utf-8") if REMARKS.exists() else ""
    PAGE.write_text(page(kept(), remarks), encoding="utf-8")


def _section(scene: str, report: Report) -> str:
    title, says = _SCENES[scene]
    rows = [row for row in report.rows if row.scene == scene]
    newcomer = scene == "joined"
    heads = ("contestants, rule", "order", "times", "width", "times", "least", "covered")
    cells = [_cells(row) for row in rows]
    return f"### {title}\n\n{says}\n\n{table((*heads, 'first') if newcomer else heads, cells)}\n"


def _cells(row: Row) -> tuple[str, ...]:
    name = f"**{row.rule}**" if row.rule == "hybrid-mst" else row.rule
    first = () if row.newcomers is None else (f"{row.newcomers:.0%}",)
    return (
        f"{row.size}, {name}",
        *_effort(row.order, row),
        *_effort(row.width, row),
        f"{row.least_share:.2f}",
        f"{row.covered:.1%}",
        *first,
    )


def _effort(effort: Effort, row: Row) -> tuple[str, str]:
    votes = f"> {row.watched:,}" if effort.votes is None else f"{effort.votes:,.0f}"
    if row.rule == "random":
        return votes, "1"
    if effort.ratio is None:
        return votes, "–"
    return votes, f"{effort.ratio:.2f} ({effort.low:.2f} to {effort.high:.2f})"


def _conditions(report: Report) -> str:
    said = report.conditions
    return (
        f"*{report.seeds} seeds each. {said.date}, `{said.command}`; Python {said.python}, "
        f"numpy {said.libraries['numpy']}. The same seeds give the same figures on any machine but for "
        "rounding.*\n"
    )
