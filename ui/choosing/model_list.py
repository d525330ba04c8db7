"""Every model and what it needs, as HTML: the list of the Models tab."""

from collections.abc import Sequence
from html import escape
from urllib.parse import quote

from models.card import Card, Paper, Task
from models.checkpoints import State
from models.source import Bundled, Hub, OnDisk, Weights
from ui.choosing.measures import in_bytes, in_seconds
from ui.keeping.readiness import RUNNABLE, Standing
from ui.wiring.reporting import step_name
from ui.words import Words

FETCHABLE = (State.TO_DOWNLOAD, State.NEEDS_TOKEN)
AUTHORS = 3
HUB = "https://huggingface.co"


def model_list(
    standings: Sequence[Standing], words: Words, *, total: int, may_free: bool, busy: bool = False
) -> str:
    """Return the list of `standings`, a part of `total`, under their tasks.

    With `may_free` weights can be removed, too; while `busy` no button can be pressed.
    """
    count = escape(words("models.count", shown=len(standings), total=total))
    listing = _List(words, may_free=may_free, busy=busy)
    tasks = dict.fromkeys(each.card.task for each in standings)
    parts = [listing.of_task(task, standings) for task in tasks]
    empty = "" if standings else f'<p class="empty">{escape(words("models.none"))}</p>'
    return f'<p class="small" role="status">{count}</p>{"".join(parts)}{empty}'


def fetching_html(card: Card, step: str, share: float, words: Words) -> str:
    """Return how far a download is."""
    what = escape(f"{words.title(card)}: {step_name(step, words)}")
    return (
        f'<label class="small">{what} · {share:.0%}<progress max="1" value="{share:.3f}"></progress></label>'
    )


class _List:
    """Writes the entries of one list, all in one language."""

    def __init__(self, words: Words, *, may_free: bool, busy: bool) -> None:
        self.words = words
        self.may_free = may_free
        self.busy = busy

    def of_task(self, task: Task, standings: Sequence[Standing]) -> str:
        entries = "".join(self.entry(each) for each in standings if each.card.task == task)
        return f'<h3>{escape(self.words(f"tasks.{task}"))}</h3><ul class="models">{entries}</ul>'

    def entry(self, each: Standing) -> str:
        card = each.card
        kind = escape(self.words(f"method.{card.method}"))
        return (
            f'<li class="model" data-model="{escape(card.id)}"><div class="model-name">'
            f"<h4>{escape(self.words.title(card))}</h4><p><code>{escape(card.id)}</code> · {kind}</p></div>"
            f'<div class="model-state">{self.state(each)}{self.button(each)}</div>'
            f'<dl class="facts">{self.facts(each)}</dl></li>'
        )

    def state(self, each: Standing) -> str:
        label = self.words(f"states.{each.state}")
        if each.state is State.TO_DOWNLOAD and each.size is not None:
            label = f"{label}, {in_bytes(each.size)}"
        return (
            f'<p class="state {each.state}">{escape(label)}</p><p class="small">{self.explanation(each)}</p>'
        )

    def explanation(self, each: Standing) -> str:
        """Say in a sentence what the state means for this model, and what to do."""
        weights = each.card.weights
        if weights is None:
            return escape(self.words("state-means.classical"))
        text = escape(
            self.words("state-means.loaded" if each.memory is not None else f"state-means.{each.state}")
        )
        if each.state is State.NOT_PINNED:
            return f"{text} <code>python -m models pin {escape(each.card.id)}</code>"
        if each.state is State.MISSING:
            return f"{text} <code>{escape(_file(weights))}</code>"
        return text

    def button(self, each: Standing) -> str:
        if each.state in FETCHABLE:
            return self._button("fetch", each)
        freeable = each.card.weights is not None and isinstance(each.card.weights.source, Hub)
        return self._button("free", each) if self.may_free and freeable and each.state is State.READY else ""

    def _button(self, action: str, each: Standing) -> str:
        title = self.words.title(each.card)
        disabled = " disabled" if self.busy else ""
        label = escape(self.words(f"models.{action}_label", model=title))
        return (
            f'<button type="button" class="{action}" data-choice="{action} {escape(each.card.id)}" '
            f'aria-label="{label}"{disabled}>{escape(self.words(f"models.{action}"))}</button>'
        )

    def facts(self, each: Standing) -> str:
        card, words = each.card, self.words
        paper = [_fact(words("models.paper"), _paper(card.paper))] if card.paper else []
        if card.weights is None:
            return "".join([self.speed(each), _fact(words("models.licence"), escape(card.licence)), *paper])
        return "".join(
            [
                *([self.speed(each), *self.sizes(each)] if each.state in RUNNABLE else []),
                _fact(words("models.licence_code"), escape(card.licence)),
                *paper,
                self.origin(card.weights),
            ]
        )

    def sizes(self, each: Standing) -> list[str]:
        words = self.words
        size = words("models.unknown") if each.size is None else in_bytes(each.size)
        memory = words("models.unloaded") if each.memory is None else in_bytes(each.memory)
        return [_fact(words("models.size"), escape(size)), _fact(words("models.memory"), escape(memory))]

    def origin(self, weights: Weights) -> str:
        """Say where the weights come from, in rows of their own: these may be long."""
        rows = {
            "licence_weights": escape(weights.licence),
            "trained_on": escape(self.words.trained_on(weights)),
            "source": _source(weights),
        }
        return "".join(
            _fact(self.words(f"models.{key}"), value, wide=key != "licence_weights")
            for key, value in rows.items()
        )

    def speed(self, each: Standing) -> str:
        if each.speed is None:
            return _fact(self.words("models.speed"), escape(self.words("models.unmeasured")))
        speed = self.words("models.per_megapixel", seconds=in_seconds(each.speed))
        return _fact(self.words("models.speed"), escape(speed))


def _fact(name: str, value: str, *, wide: bool = False) -> str:
    span = ' class="wide"' if wide else ""
    return f"<div{span}><dt>{escape(name)}</dt><dd>{value}</dd></div>"


def _file(weights: Weights) -> str:
    source = weights.source
    return source.path.name if isinstance(source, OnDisk) else source.file


def _source(weights: Weights) -> str:
    """Name the place the weights come from; paths of this machine are nobody's business."""
    source = weights.source
    if isinstance(source, Bundled | OnDisk):
        return f"<code>{escape(_file(weights))}</code>"
    kind = "spaces/" if source.kind == "space" else ""
    revision = f" @ {source.revision[:8]}" if source.revision else ""
    page = f"{HUB}/{kind}{quote(source.repo)}"
    return f"{_link(page, source.repo)} <code>{escape(source.file + revision)}</code>"


def _paper(paper: Paper) -> str:
    """Name a paper as people do, by authors and year; the first three of many."""
    authors = paper.authors.split(", ")
    named = ", ".join(authors[:AUTHORS]) + (" et al." if len(authors) > AUTHORS else "")
    return _link(paper.link, f"{named}, {paper.year}", title=paper.title)


def _link(address: str, text: str, *, title: str = "") -> str:
    hint = f' title="{escape(title)}"' if title else ""
    return f'<a href="{escape(address)}" target="_blank" rel="noopener"{hint}>{escape(text)}</a>'
