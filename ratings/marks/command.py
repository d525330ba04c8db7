"""`python -m ratings marks export`: what people marked, for those who compute with it or learn from it."""

import argparse
from pathlib import Path
from typing import Any

from ratings.amounts import amount
from ratings.marks import credit
from ratings.marks.export import Sources, export
from ratings.marks.labels import LABELS
from ratings.marks.marks import Marks
from ratings.settings import Settings
from ratings.store import Store

PICTURES = "stimuli"
"""The folder of pictures as they were shown, in the data folder."""


def add_to(commands: Any) -> None:
    """Add the command to a parser's `commands`."""
    marks = commands.add_parser("marks", help="what people marked on pictures")
    actions = marks.add_subparsers(dest="action", required=True)
    command = actions.add_parser(
        "export", help="write the marks that count as masks and COCO's JSON, with their pictures"
    )
    command.add_argument(
        "folder", metavar="FOLDER", type=Path, help="a new folder, or a file that ends in .zip"
    )
    command.add_argument("--label", choices=LABELS, metavar="LABEL", help="those alone, such as rust")
    command.add_argument("--task", metavar="TASK", help="marks on results of it alone, such as denoise")


def export_marks(chosen: argparse.Namespace, store: Store, settings: Settings) -> str:
    """Export what was `chosen`; return the sentence that says what was written. Raises RatingsError."""
    sources = Sources(settings.data_dir / PICTURES, credit.read())
    written, pictures = export(
        Marks(store.database), chosen.folder, sources, label=chosen.label, task=chosen.task
    )
    marks = amount(written, "mark", "marks")
    return f"Wrote {marks} on {amount(pictures, 'picture', 'pictures')} to {chosen.folder}."
