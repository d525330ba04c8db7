"""The tables of columns in docs/ratings-data.md and on the dataset's page, made from their declarations.

`python -m ratings.sharing.dictionary` writes them into the document; a test says when they are stale.
"""

import sys
from pathlib import Path

from ratings.sharing.columns import COLUMNS, OTHER, PICTURE, Column, Kind
from ratings.sharing.study_columns import DESIGN, IN_DESIGN, PARTS, STIMULI

PAGE = Path(__file__).parents[2] / "docs" / "ratings-data.md"
BEGIN = "<!-- columns: made by python -m ratings.sharing.dictionary -->\n"
END = "<!-- end of columns -->\n"
STUDIES_BEGIN = "<!-- studies: made by python -m ratings.sharing.dictionary -->\n"
STUDIES_END = "<!-- end of studies -->\n"


def table() -> str:
    """Return the table, one line for each column; those of the other picture are one line."""
    lines = [_line(column) for column in COLUMNS if not column.name.startswith(OTHER)]
    place = [column.name for column in COLUMNS].index("study_uid") - sum(
        column.name.startswith(OTHER) for column in COLUMNS
    )
    also = f"| `{OTHER}…` | as above | vote, judgement | The same of the right picture of a pair. |"
    header = ["| column | type | in | meaning |", "|---|---|---|---|"]
    return "\n".join([*header, *lines[:place], also, *lines[place:]]) + "\n"


def studies_table() -> str:
    """Return the table of what a line of a studies' file has."""
    plain = [f"| `{part.name}` | {_short(part.type.words)} | {part.meaning} |" for part in PARTS]
    pictures = f"Each picture that is shown, with the columns `{PICTURE[0]}` to `{PICTURE[-1]}` of answers."
    design = [f"| `{DESIGN}.{name}` | | {meaning} |" for name, meaning in IN_DESIGN.items()]
    last = f"| `{STIMULI}` | a list of objects | {pictures} |"
    header = ["| part | type | meaning |", "|---|---|---|"]
    return "\n".join([*header, *plain, f"| `{DESIGN}` | an object | What was asked: |", *design, last]) + "\n"


def with_tables(page: str) -> str:
    """Return the document with the tables as they are now."""
    return _between(STUDIES_BEGIN, studies_table(), STUDIES_END, _between(BEGIN, table(), END, page))


def _between(begin: str, content: str, end: str, page: str) -> str:
    before, _, rest = page.partition(begin)
    _, _, after = rest.partition(end)
    return f"{before}{begin}\n{content}\n{end}{after}"


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
    PAGE.write_text(with_tables(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    sys.stderr.write(f"Wrote the columns into {PAGE}.\n")
