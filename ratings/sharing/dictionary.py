"""The table of columns in docs/ratings-data.md and on the dataset's page, made from their declaration.

`python -m ratings.sharing.dictionary` writes it into the document; a test says when it is stale.
"""

import sys
from pathlib import Path

from ratings.sharing.columns import COLUMNS, OTHER, Column, Kind

PAGE = Path(__file__).parents[2] / "docs" / "ratings-data.md"
BEGIN = "<!-- columns: made by python -m ratings.sharing.dictionary -->\n"
END = "<!-- end of columns -->\n"


def table() -> str:
    """Return the table, one line for each column; those of the other picture are one line."""
    lines = [_line(column) for column in COLUMNS if not column.name.startswith(OTHER)]
    place = [column.name for column in COLUMNS].index("study_uid") - sum(
        column.name.startswith(OTHER) for column in COLUMNS
    )
    also = f"| `{OTHER}…` | as above | vote, judgement | The same of the right picture of a pair. |"
    header = ["| column | type | in | meaning |", "|---|---|---|---|"]
    return "\n".join([*header, *lines[:place], also, *lines[place:]]) + "\n"


def with_table(page: str) -> str:
    """Return the document with the table as it is now."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{table()}\n{END}{after}"


def _line(column: Column) -> str:
    kinds = "all" if column.may == frozenset(Kind) else ", ".join(kind for kind in Kind if kind in column.may)
    words = column.type.words.replace("|", "\\|")
    optional = "" if column.must >= column.may else ", or none"
    return f"| `{column.name}` | {_short(words)}{optional} | {kinds} | {column.meaning} |"


def _short(words: str) -> str:
    """Return a type's words without what a check alone needs, and long lists of tags cut."""
    words = words.removesuffix(" to 2,147,483,647").partition(", ISO 8601")[0]
    return words if len(words) < 60 else f"{words[:40].rpartition(',')[0]}, …"


if __name__ == "__main__":
    PAGE.write_text(with_table(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    sys.stderr.write(f"Wrote the columns into {PAGE}.\n")
