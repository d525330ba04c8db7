"""The dataset's own page: what the rows are, how they came about, under which licence, and their limits."""

from pathlib import Path

from ratings.records import LICENCE
from ratings.sharing.columns import COLUMNS
from ratings.sharing.dictionary import studies_table, table

_FEATURES = {"string": "string", "int64": "int64", "double": "float64", "bool": "bool", "timestamp": "string"}

_TEMPLATE = Path(__file__).with_name("card.md")


def card(repo: str) -> str:
    """Return the page of the dataset `repo` as Markdown, with front matter that the Hub reads."""
    text = _TEMPLATE.read_text(encoding="utf-8")
    told = {"repo": repo, "licence": LICENCE, "table": table(), "studies": studies_table()}
    for name, filled in told.items():
        text = text.replace(f"{{{name}}}", filled)
    return f"---\n{_front_matter()}---\n\n{text}"


def _front_matter() -> str:
    features = "".join(f"  - name: {column.name}\n    {_feature(column.type.arrow)}\n" for column in COLUMNS)
    return (
        f"license: {LICENCE.lower()}\n"
        "pretty_name: Patina ratings of image models\n"
        "tags:\n- human-feedback\n- image-quality-assessment\n- pairwise-comparison\n"
        "configs:\n- config_name: default\n  data_files: data/*/*.jsonl\n"
        f"dataset_info:\n  features:\n{features}"
    )


def _feature(arrow: str) -> str:
    return "sequence: string" if arrow == "list" else f"dtype: {_FEATURES[arrow]}"
