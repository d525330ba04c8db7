"""A study's design as a TOML file that people can read, compare and keep beside their paper.

It names pictures by model and input, not by this database's numbers: `docs/studies.md` shows one.
"""

import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tomlkit
import tomlkit.items
from pydantic import BaseModel, ConfigDict, ValidationError

from ratings.errors import BadStudyError
from ratings.stimuli import Stimuli, Stimulus
from ratings.studies.answers import REFERENCE, TRAP
from ratings.studies.crossing import crossed
from ratings.studies.design import Design, Method, read_design, what_is_wrong
from ratings.studies.records import Study
from ratings.studies.studies import WITHHELD

_ITEMS, _TEXTS = ("items", "training", "gold", "traps"), ("instructions", "consent")


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Named(_Strict):
    """A picture that is shown: of which model, of which input; its hash where that is not enough."""

    model: str
    picture: str
    shown_sha256: str | None = None


class Every(_Strict):
    """Items: each of these models on each of these inputs."""

    models: tuple[str, ...]
    pictures: tuple[str, ...]


class _Head(_Strict):
    """What a file has beside the design's own parts."""

    title: str
    task: str
    stimuli: dict[str, Named] = {}
    every: Every | None = None


@dataclass(frozen=True, slots=True)
class Declaration:
    """What a file says. `design` are the design's parts as they stand there."""

    title: str
    task: str
    stimuli: Mapping[str, Named]
    every: Every | None
    design: Mapping[str, Any]


def read_declaration(file: Path) -> Declaration:
    """Return what `file` says; what its items name is looked for by `design_of`.

    Raises BadStudyError: it cannot be read, is no TOML, or lacks a part.
    """
    try:
        told = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadStudyError(f"'{file}' cannot be read: {error.strerror or error}.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadStudyError(f"'{file}' is no TOML: {error}.") from error
    names = _Head.model_fields
    try:
        head = _Head.model_validate({name: part for name, part in told.items() if name in names})
    except ValidationError as error:
        raise BadStudyError(what_is_wrong(error)) from error
    design = {name: part for name, part in told.items() if name not in names}
    return Declaration(head.title, head.task, head.stimuli, head.every, design)


def design_of(declaration: Declaration, stimuli: Stimuli, is_here: Callable[[str], bool]) -> Design:
    """Return the design, its pictures found among `stimuli`; `is_here` tells of one by its hash.

    Raises BadStudyError: a name that is not explained, a picture that is not here, or that could be several.
    """
    shelf = _Shelf(declaration.task, stimuli, is_here)
    numbers = {name: shelf.find(each).id for name, each in declaration.stimuli.items()}
    told = dict(declaration.design)
    for part in _ITEMS:
        told[part] = [_numbered(item, part, numbers) for item in _list(told.get(part, []), part)]
    if declaration.every is not None:
        told["items"] += _crossed(declaration.every, told.get("method"), shelf)
    return read_design(told)


def written(study: Study, stimuli: Stimuli) -> str:
    """Return the TOML of `study`, from which `design_of` makes the same design where its pictures are.

    Raises BadStudyError: its gold and trap items are not here.
    """
    if study.design.withheld:
        raise BadStudyError(WITHHELD)
    known = stimuli.get(study.design.shown)
    names = _names([known[each] for each in study.design.shown])
    told = study.design.model_dump(mode="json", exclude_none=True, exclude={"withheld", *_ITEMS})
    document = tomlkit.document()
    document.update(
        {"title": study.title, "task": study.task, **told, "checks": sorted(map(str, study.design.checks))}
    )
    for part in _TEXTS:
        document[part] = {language: _prose(text) for language, text in told[part].items()}
    document["stimuli"] = {
        name: {
            "model": known[each].contestant.model,
            "picture": known[each].input_name or "",
            "shown_sha256": known[each].shown_sha256,
        }
        for each, name in names.items()
    }
    for part in _ITEMS:
        items = [each.model_dump(mode="json", exclude_none=True) for each in getattr(study.design, part)]
        for item in items:
            item |= {side: names[item[side]] for side in ("stimulus", "other") if side in item}
        if items:
            document[part] = items
    return tomlkit.dumps(document)


class _Shelf:
    """The pictures of a task that can be shown: those that are dealt first, then all others.

    Of the others only references and plates are found without their hash: a result that is dealt no more may
    be of a model as it was.
    """

    def __init__(self, task: str, stimuli: Stimuli, is_here: Callable[[str], bool]) -> None:
        dealt = stimuli.of_task(task)
        others = tuple(each for each in stimuli.public(task) if each not in dealt)
        self._groups = [[each for each in group if is_here(each.shown_sha256)] for group in (dealt, others)]

    def find(self, named: Named) -> Stimulus:
        """Return the one picture of that name; raises BadStudyError."""
        what = f"result of '{named.model}' on '{named.picture}'"
        exact = named.shown_sha256 is not None or named.model in (REFERENCE, TRAP)
        for group in self._groups if exact else self._groups[:1]:
            found = [each for each in group if _fits(each, named)]
            if len(found) > 1:
                hashes = ", ".join(each.shown_sha256 for each in found)
                raise BadStudyError(f"There is more than one {what}: say shown_sha256, one of {hashes}.")
            if found:
                return found[0]
        raise BadStudyError(
            f"There is no {what} here. Open the Arena once, so that results are made; clean references "
            f"('{REFERENCE}') and trap plates are made with the first study that the page makes of them."
        )


def _fits(stimulus: Stimulus, named: Named) -> bool:
    same = (stimulus.contestant.model, stimulus.input_name or "") == (named.model, named.picture)
    return same and named.shown_sha256 in (None, stimulus.shown_sha256)


def _list(told: object, part: str) -> Sequence[Any]:
    if not isinstance(told, list):
        raise BadStudyError(f"{part}: expected [[{part}]] tables.")
    return told  # pyright: ignore[reportUnknownVariableType]


def _numbered(item: object, part: str, numbers: Mapping[str, int]) -> dict[str, Any]:
    """Return an item with numbers in the place of names."""
    if not isinstance(item, dict):
        raise BadStudyError(f"{part}: expected [[{part}]] tables.")
    told: dict[str, Any] = dict(item)  # pyright: ignore[reportUnknownArgumentType]
    for side in ("stimulus", "other"):
        if side in told:
            if not isinstance(told[side], str) or told[side] not in numbers:
                raise BadStudyError(f"{part}: [stimuli] does not explain {ascii(told[side])[:60]}.")
            told[side] = numbers[told[side]]
    return told


def _crossed(every: Every, method: object, shelf: _Shelf) -> list[dict[str, Any]]:
    if method not in tuple(Method):
        raise BadStudyError(f"method: expected one of {', '.join(Method)}.")
    chosen = [
        shelf.find(Named(model=model, picture=picture))
        for picture in every.pictures
        for model in every.models
    ]
    needs = method in (Method.ACR_HR, Method.DCR)
    references = {
        picture: shelf.find(Named(model=REFERENCE, picture=picture)) for picture in every.pictures if needs
    }
    return [each.model_dump() for each in crossed(Method(str(method)), chosen, references)]


def _prose(text: str) -> tomlkit.items.String:
    """Return a text as it is best read in a file: lines stay lines, unless TOML would change their ends."""
    return tomlkit.string(text, multiline="\n" in text and "\r" not in text)


def _names(shown: Sequence[Stimulus]) -> dict[int, str]:
    """Return a name for each: model and input, and the beginning of its hash where those are not enough."""
    plain = [f"{each.contestant.model} on {each.input_name or each.input_sha256[:8]}" for each in shown]
    return {
        each.id: name if plain.count(name) == 1 else f"{name}, {each.shown_sha256[:12]}"
        for each, name in zip(shown, plain, strict=True)
    }
