"""Ratings from the command line: `python -m ratings export | import | leaderboard | check | marks | study`.

Exit codes: 0 done; 1 something failed or was found wrong, and is said on stderr; 2 a wrong call.
"""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict

from ratings.amounts import amount
from ratings.boards import of_study, telling
from ratings.boards.keeping import board
from ratings.errors import RatingsError, UnknownTaskError
from ratings.integrity.report import check, repair
from ratings.leaderboard import TITLE, Row, leaderboard
from ratings.marks import command as marks_command
from ratings.marks.labels import TASKS
from ratings.settings import Settings
from ratings.sharing import command as sharing
from ratings.store import Store
from ratings.studies import command as study_command
from ratings.studies.studies import BEGUN, Studies


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command on the database that the environment names; return the exit code."""
    chosen = _parser().parse_args(arguments)
    try:
        settings = Settings.from_environment(os.environ)
        with Store.open(settings.database_url) as store:
            return _run(chosen, store, settings)
    except UnknownTaskError as error:
        _say(str(error))
        return 2
    except RatingsError as error:
        _say(str(error))
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m ratings",
        description="Export, import, rank and check the ratings in PATINA_DATABASE_URL "
        "(without it: patina.db in PATINA_DATA_DIR, by default ./data).",
    )
    commands = parser.add_subparsers(dest="command", required=True)
    sharing.add_to(commands)
    command = commands.add_parser("leaderboard", help="show how the models of a task are rated")
    command.add_argument("task", metavar="TASK", help="such as denoise")
    command.add_argument(
        "--study", metavar="UID", help="what came of one study instead: its uid, or how it begins"
    )
    command.add_argument("--json", action="store_true", help="print one JSON list of rows on stdout")
    command = commands.add_parser("check", help="look through the database for damage")
    command.add_argument("--json", action="store_true", help="print one JSON object on stdout")
    command.add_argument("--repair", action="store_true", help="first count all votes anew")
    marks_command.add_to(commands)
    study_command.add_to(commands)
    return parser


def _run(chosen: argparse.Namespace, store: Store, settings: Settings) -> int:
    """Run what was `chosen`. Raises UnknownTaskError, and what else is told of a command."""
    if chosen.command == "marks":
        _say(marks_command.export_marks(chosen, store, settings))
        return 0
    if chosen.command == "study":
        return study_command.run(chosen, store, settings, print, _say)
    if chosen.command in sharing.COMMANDS:
        return sharing.run(chosen, store, _say)
    if chosen.command == "leaderboard":
        known = sorted({*TASKS, *store.tasks()})
        if chosen.task not in known:
            raise UnknownTaskError(chosen.task, known)
        if chosen.study is not None:
            return _study(store, chosen.task, chosen.study, as_json=chosen.json)
        return _leaderboard(store, chosen.task, as_json=chosen.json)
    if chosen.repair:
        _say(f"Counted all votes anew: {repair(store):,} pairs of contestants were compared.")
    return _check(store, as_json=chosen.json)


def _leaderboard(store: Store, task: str, *, as_json: bool) -> int:
    rows, arena = leaderboard(store, task), board(store.database, task)
    if as_json:
        shown = [{"kind": TITLE, **asdict(row.contestant), **asdict(row.opinion)} for row in rows]
        print(json.dumps([*telling.rows(arena), *shown], indent=2))
        return 0
    if arena.votes:
        print("\n".join(telling.lines(arena)), end="\n\n" if rows else "\n")
    if not rows and not arena.votes:
        tasks = ", ".join(store.tasks()) or "none yet"
        _say(f"There are no ranked ratings for '{task}'. Tasks with ratings: {tasks}.")
        return 0
    if not rows:
        return 0
    print(f"{TITLE}: {task} (mean grade, 1 bad to 5 excellent, with its 95 % interval)\n")
    width = max(len(row.contestant.model) for row in rows)
    for row in rows:
        print(_line(row, width))
    return 0


def _study(store: Store, task: str, name: str, *, as_json: bool) -> int:
    study = Studies(store.database).named(task, name, states=BEGUN)
    if as_json:
        print(json.dumps(of_study.rows(store.database, study), indent=2))
    else:
        print("\n".join(of_study.lines(store.database, study)))
    return 0


def _line(row: Row, width: int) -> str:
    who, opinion = row.contestant, row.opinion
    known = opinion.low is not None and opinion.high is not None
    interval = f"{opinion.low:.2f} to {opinion.high:.2f}" if known else "no interval "
    weights = f"weights {who.weights_sha256[:8]}" if who.weights_sha256 else "no weights"
    given = f"{amount(opinion.n, 'rating', 'ratings')} by {amount(opinion.people, 'person', 'people')}"
    return f"{who.model:{width}}  {opinion.score:.2f}  {interval}  {given}  version {who.version}, {weights}"


def _check(store: Store, *, as_json: bool) -> int:
    report = check(store)
    if as_json:
        print(json.dumps(asdict(report), indent=2))
    else:
        for what, number in report.counts.items():
            print(f"{number:>9,}  {what}")
        print("\n".join(report.problems) or "Nothing wrong was found.")
    return 1 if report.problems else 0


def _say(sentence: str) -> None:
    print(sentence, file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
