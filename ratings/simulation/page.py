"""docs/judging-statistics.md, made from lab/results and nothing else."""

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from ratings.simulation.coverage import Coverage, Design, Kind
from ratings.simulation.raters import Turnout
from ratings.simulation.report import Report

PAGE = Path(__file__).parents[2] / "docs" / "judging-statistics.md"

LOWEST, HIGHEST = 0.93, 0.97
"""Coverage that is taken for 95 %; what lies outside stands in bold."""

_HEAD = """# Judging: the statistics

How votes and grades become scores with intervals, and how often those intervals hold the truth. The \
tables are made by `python -m ratings.simulation` from `lab/results/judging-statistics.json`: do not \
edit them by hand. To simulate again:

    {command}

## What is computed

| question | answer | code, in `ratings/statistics` |
|---|---|---|
| who is better, from pair votes | Bradley and Terry's strengths, ties half a win each, from how often \
each beat each | `bradley_terry.py` |
| how sure, for the images that were shown | whole raters resampled 1,000 times; score ± *t* · standard \
deviation, with G - 1 degrees of freedom for the G raters who met the contestant | `strengths.py` |
| how sure, for other images like them | variance by raters + by images - by both (Cameron, Gelbach and \
Miller, 2011) | `clusters.py` |
| mean of grades | *t* interval from the differences between people; beyond the images as above | \
`mean_opinion.py`, `clusters.py` |
| who is surely better, from grades | *t* intervals of the differences between one person's grades of one \
image | `mean_ranks.py` |
| grades, allowing for who gave them | ITU-T P.910's subject model | `subjects.py` |
| whose grades stray | ITU-R BT.500's screening; crowd checks; always one answer, or like chance | \
`bt500.py`, `crowd.py`, `screening.py` |
| how far people agree | Krippendorff's α | `agreement.py` |
| how many votes are needed | 80 % power against one half | `sample_size.py` |
| does a metric follow people | Pearson, Spearman, Kendall, intervals by Fisher's *z* | `correlation.py` \
|

Which interval is right depends on what is claimed. *For these images* says: other raters, judging the \
same images, would give a score in here. *Images like these* says the same of other images too, which \
means something only if the images were drawn from those it is to speak of; with a dozen images it is \
much wider.

Every strength to be found adds one virtual tie, spread over the pairs that were compared, so that who \
has only won keeps a finite score, and scores are not biased away from each other (after Firth, 1993). A \
contestant that never lost, or never won, against the rest is shown without an interval, and its rank is \
open: the votes do not say how far ahead it is. Groups that no comparison links are not ranked at all.

A rank range counts who is surely better and surely worse, by the interval of each difference taken by \
itself; nothing is added for looking at many pairs.

## How often 95 % intervals hold the truth

Raters were made up ({simulations} studies a row), of whom the truth is known. In grades, raters and \
images each may differ by a standard deviation of half a grade, with noise of .8, rounded to 1 to 5. In \
votes, five contestants 0.4 to 1.8 apart in log-strength are compared 30 times by each rater, on pairs \
and images drawn at random; raters' own taste, and images, each may shift every contestant by a standard \
deviation of .7 (odds of two to one); one vote in ten is a tie. The truth is what endlessly many raters \
would say: of these images, or of all images.

Shares from {lowest:.0%} to {highest:.0%} are taken for 95 %; others stand in bold. In brackets, for \
votes: the contestant that fared worst. The width of the interval, in grades or log-strength, stands \
beside it.
"""

_TAIL = """## What is known to be weak

- With neither people nor images differing, the intervals beyond the images are somewhat too wide: the \
sum of variances must not be less than that of single answers, and is bounded there.
- From six images to all images is far: such an interval holds the truth, but is too wide to tell much.
- Raters of very uneven turnout widen the interval a little more than they must.
- Plain percentiles of resampled raters would cover 91 to 92 % with 15 raters (measured while choosing \
the intervals above); they are not used.
- P.910's likelihood has no maximum: it can run off to where quality follows one subject alone. That \
happened in 21 % of simulated studies of 12 stimuli and 15 subjects, in 86 % of those of 40 stimuli and 5 \
subjects, and hardly ever in those of 40 and 15. It is noticed, and no interval is given. P.910's own \
interval speaks of these subjects only; for others it covers 84 to 91 %, so ours adds the spread of the \
biases (94 to 97 %).
- sureal's screening by BT.500 is not used: it counts everyone as straying, both ways, wherever all \
agree.
- "Like chance" flags 1.2 % of honest raters at most. In return it finds a random clicker among 40 in 60 \
votes about every second time, in 120 nearly always, and hardly ever where tastes differ by odds of two \
to one: a taste of one's own and chance look alike.
- Krippendorff's bootstrap of α draws pairs of answers: its interval is for these raters and stimuli.
"""


_TURNOUT: dict[Turnout, str] = {
    "even": "",
    "uneven": ", a few raters giving most of the votes",
    "newcomer": ", every fifth rater meeting the strongest",
}


def text(report: Report) -> str:
    """Return the page."""
    head = _HEAD.format(
        command=report.command,
        simulations=f"{min(one.simulations for one in report.coverages):,}",
        lowest=LOWEST,
        highest=HIGHEST,
    )
    return "\n".join([head, *_tables(report.coverages), _TAIL])


def _tables(coverages: tuple[Coverage, ...]) -> Iterator[str]:
    for (kind, images, turnout), found in groupby(coverages, lambda one: _heading(one.design)):
        rows = ["| what differs | raters | for these images | for images like these |", "|---|---|---|---|"]
        rows += [_row(here, beyond) for here, beyond in _in_pairs(found)]
        yield f"### {kind.capitalize()}, {images} images{_TURNOUT[turnout]}\n\n" + "\n".join(rows) + "\n"


def _heading(design: Design) -> tuple[Kind, int, Turnout]:
    return design.kind, design.images, design.turnout


def _in_pairs(coverages: Iterator[Coverage]) -> Iterator[tuple[Coverage, Coverage]]:
    return zip(coverages, coverages, strict=True)


def _row(here: Coverage, beyond: Coverage) -> str:
    design = here.design
    return f"| {design.effects} | {design.raters} | {_cell(here)} | {_cell(beyond)} |"


def _cell(found: Coverage) -> str:
    share = f"{found.covered:.1%}"
    shown = share if LOWEST <= found.covered <= HIGHEST else f"**{share}**"
    worst = f" ({found.lowest:.1%})" if found.design.kind == "votes" else ""
    return f"{shown}{worst}, {found.width:.2f} wide"
