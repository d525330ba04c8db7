"""`python -m ratings study …`: studies by name, and their designs as files under version control."""

import argparse
import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from ratings.errors import BadStudyError, ExportError
from ratings.settings import Settings
from ratings.stimuli import Stimuli
from ratings.store import Store
from ratings.studies.declaration import design_of, read_declaration, written
from ratings.studies.design import State
from ratings.studies.records import Study
from ratings.studies.studies import Studies

PICTURES = "stimuli"
"""The folder of pictures as they were shown, in the data folder."""

INTO = {"pilot": State.PILOT, "open": State.OPEN, "close": State.CLOSED}
"""The commands that put a study into another state."""

_SHORTEST = 6
"""Of a uid so many digits are enough, where no other begins with them."""

Say = Callable[[str], object]


def add_to(commands: Any) -> None:
    """Add the command to a parser's `commands`."""
    study = commands.add_parser("study", help="list, show, make and close studies; write their designs")
    actions = study.add_subparsers(dest="action", required=True)
    command = actions.add_parser("list", help="list all studies, the newest first")
    command.add_argument("--json", action="store_true", help="print one JSON list on stdout")
    command = _named(actions, "show", "show how far a study is, and what it asks")
    command.add_argument("--json", action="store_true", help="print one JSON object on stdout")
    command = actions.add_parser("create", help="make a study of a TOML file (docs/studies.md), as a draft")
    command.add_argument("file", metavar="FILE", type=Path, help="such as study.toml")
    _named(actions, "pilot", "let people try a study out; their answers do not count")
    _named(actions, "open", "let people begin in earnest")
    _named(actions, "close", "let no one new begin; who has begun may finish")
    command = _named(actions, "export", "write the design as TOML, of which `create` makes the same again")
    command.add_argument("file", metavar="FILE", type=Path, nargs="?", help="without it: stdout")


def run(chosen: argparse.Namespace, store: Store, settings: Settings, out: Say, say: Say) -> int:
    """Run what was `chosen`; `out` gets what was asked for, `say` what was done. Return the exit code.

    Raises RatingsError.
    """
    studies, stimuli = Studies(store.database), Stimuli(store.database)
    if chosen.action == "list":
        _list(studies, out, say, as_json=chosen.json)
        return 0
    if chosen.action == "create":
        _create(chosen.file, studies, stimuli, settings.data_dir / PICTURES, out, say)
        return 0
    study = find(studies, chosen.name)
    if chosen.action == "show":
        _show(studies, study, out, as_json=chosen.json)
    elif chosen.action == "export":
        _export(written(study, stimuli), chosen.file, out, say)
    else:
        changed = studies.change(study.uid, INTO[chosen.action])
        say(f"'{changed.title}' is {changed.state} now.")
    return 0


def find(studies: Studies, name: str) -> Study:
    """Return the study of that uid, or its first digits, or that title.

    Raises BadStudyError: none, or several.
    """
    everything = studies.all()
    begun = [each for each in everything if len(name) >= _SHORTEST and each.uid.startswith(name)]
    found = begun or [each for each in everything if each.title == name]
    if len(found) == 1:
        return found[0]
    if found:
        raise BadStudyError(f"Several studies are '{name}': name one of {_uids(found)}.")
    raise BadStudyError(f"There is no study '{name}'. Those here: {_uids(everything) or 'none yet'}.")


def _named(actions: Any, name: str, told: str) -> argparse.ArgumentParser:
    command = actions.add_parser(name, help=told)
    command.add_argument("name", metavar="NAME", help="its title, its uid, or the first digits of that")
    return command


def _list(studies: Studies, out: Say, say: Say, *, as_json: bool) -> None:
    told = [_facts(studies, each) for each in studies.all()]
    if as_json:
        out(_json(told))
        return
    for each in told:
        out(
            f"{each['uid'][:8]}  {each['state']:6}  {each['finished']:>4} of {each['quota']:<4}  "
            f"{each['task']}, {each['method']}  {each['title']}"
        )
    if not told:
        say("There are no studies yet.")


def _show(studies: Studies, study: Study, out: Say, *, as_json: bool) -> None:
    progress, design = studies.progress(study.uid), study.design
    told = {
        **_facts(studies, study),
        "link": f"study/{study.token}",
        "made_at": study.made_at.isoformat(),
        "order": design.order,
        **{part: len(getattr(design, part)) for part in ("items", "training", "gold", "traps")},
        "sittings": dict(progress.sittings),
        "answers": {flag or "counted": number for flag, number in progress.answers.items()},
    }
    out(_json(told) if as_json else "\n".join(f"{name:9} {_plain(value)}" for name, value in told.items()))


def _facts(studies: Studies, study: Study) -> dict[str, Any]:
    progress = studies.progress(study.uid)
    return {
        "uid": study.uid,
        "title": study.title,
        "task": study.task,
        "method": study.design.method,
        "state": study.state,
        "finished": progress.sittings.get("finished", 0),
        "quota": progress.quota,
    }


def _create(file: Path, studies: Studies, stimuli: Stimuli, shelf: Path, out: Say, say: Say) -> None:
    declaration = read_declaration(file)
    design = design_of(declaration, stimuli, lambda sha256: (shelf / f"{sha256}.png").is_file())
    study = studies.make(declaration.title, declaration.task, design)
    out(study.uid)
    say(f"Made '{study.title}' as a draft; its link is study/{study.token} once it is open.")


def _export(text: str, file: Path | None, out: Say, say: Say) -> None:
    if file is None:
        out(text.rstrip("\n"))
        return
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise ExportError(f"'{file}' cannot be written: {error.strerror or error}.") from error
    say(f"Wrote the design to {file}.")


def _json(told: object) -> str:
    return json.dumps(told, indent=2, ensure_ascii=False)


def _plain(value: object) -> str:
    """Return a value of `_show` for people; counts as "3 finished, 1 refused"."""
    if not isinstance(value, dict):
        return str(value)
    numbers: dict[str, int] = value  # pyright: ignore[reportUnknownVariableType]
    return ", ".join(f"{number:,} {what}" for what, number in numbers.items()) or "none yet"


def _uids(found: Iterable[Study]) -> str:
    return ", ".join(f"{each.uid[:8]} ({each.title})" for each in found)
