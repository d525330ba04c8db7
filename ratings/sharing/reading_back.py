"""An empty disk gets back what the dataset has: the tombstones first, then studies, then answers.

That it was begun is kept in the database, so that a kill in the middle, or a start without a network, is made
up for at a later start. Nothing in the dataset is ever changed by it.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Connection, insert, select, update

from ratings.database import Database
from ratings.rows import now
from ratings.sharing.dataset import Dataset
from ratings.sharing.importing import Taken, Tell, import_file
from ratings.sharing.layout import TOMBSTONES, is_data, is_studies, read_tombstones
from ratings.sharing.rows import TABLES
from ratings.sharing.study_importing import import_studies
from ratings.tables import datasets, forgotten

NONE_YET = "0" * 40
"""Stands for the revision of a dataset that did not exist when it was to be read."""


def is_due(database: Database, repo: str) -> bool:
    """Tell whether the dataset is to be read back: the database is empty, or it was begun and not ended."""
    with database.writing() as connection:
        known = connection.execute(select(datasets.c.revision).where(datasets.c.repo == repo)).one_or_none()
        if known is None and _is_empty(connection):
            connection.execute(insert(datasets).values(repo=repo, begun_at=now()))
            return True
        return known is not None and known.revision is None


def read_back(database: Database, dataset: Dataset, tell: Tell) -> Taken:
    """Take in all that the dataset has at its newest revision; `tell` gets a sentence for each broken line.

    Raises DatasetError: it could not be read to its end; what was taken in stays, and it can be repeated.
    """
    head, taken = dataset.head(), Taken()
    if head is not None:
        files = dataset.files(head)
        with TemporaryDirectory() as name:
            folder = Path(name)
            if TOMBSTONES in files:
                _bury(database, dataset.fetch(TOMBSTONES, head, folder).read_bytes())
            for here, say in _each(dataset, head, filter(is_studies, files), folder, tell):
                import_studies(database, here, say, published=True)
            for here, say in _each(dataset, head, filter(is_data, files), folder, tell):
                taken += import_file(database, here, say, published=True)
    with database.writing() as connection:
        of_repo = update(datasets).where(datasets.c.repo == dataset.repo)
        connection.execute(of_repo.values(revision=head or NONE_YET))
    return taken


def _each(
    dataset: Dataset, head: str, files: Iterable[str], folder: Path, tell: Tell
) -> Iterator[tuple[Path, Tell]]:
    """Fetch files one by one, each with whom to tell its faults; it is gone when the next comes."""
    for file in files:
        here = dataset.fetch(file, head, folder)
        yield here, lambda fault, file=file: tell(f"{file}: {fault}")
        here.unlink()


def _is_empty(connection: Connection) -> bool:
    tables = (*TABLES.values(), forgotten)
    return all(connection.execute(select(table.c.id).limit(1)).first() is None for table in tables)


def _bury(database: Database, content: bytes) -> None:
    """Keep the tombstones, so that no row of theirs is taken in."""
    buried = set(read_tombstones(content))
    with database.writing() as connection:
        known = set(connection.scalars(select(forgotten.c.rater)))
        for rater in sorted(buried - known):
            connection.execute(insert(forgotten).values(rater=rater, forgotten_at=now(), published=True))
