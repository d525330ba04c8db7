"""What can be done for the administrator, or for a rater about themselves; no Gradio in it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from models.card import Task
from ratings import raters
from ratings.administration import forgetting
from ratings.administration.admission import Sessions
from ratings.administration.passwords import Password
from ratings.arena import tally
from ratings.boards import keeping
from ratings.settings import Settings
from ratings.sharing.export import STUDIES_SUFFIX, export, export_studies
from ratings.sharing.opening import refusal
from ratings.sharing.publisher import Publisher
from ratings.store import Store
from ui.keeping.downloads import Downloads
from ui.keeping.pictures import StimulusShelf


@dataclass(frozen=True, slots=True)
class Office:
    """What both work with.

    `sessions` is None where no administrator's password is set. `publisher` is None where answers are not
    shared; `unshared` says why if a dataset is named all the same.
    """

    store: Store
    secret: bytes
    pictures: StimulusShelf
    downloads: Downloads
    sessions: Sessions | None
    publisher: Publisher | None = None
    unshared: str | None = None

    def forget(self, rater: str) -> Mapping[str, int]:
        """Delete all rows of `rater` and the files of own pictures; return the number of rows by table.

        The dataset's current revision is written anew without them, in the background.
        """
        counts = forgetting.forget(self.store.database, rater, self.pictures.drop).counts
        if self.publisher is not None:
            self.publisher.ask()
        return counts

    def kept(self, token: object) -> tuple[str, Mapping[str, int]] | None:
        """Return the pseudonym of the browser with `token`, and its rows by table; None for nobody."""
        rater = raters.rater_id(self.secret, token)
        return None if rater is None else (rater, forgetting.kept(self.store.database, rater))

    def export(self, suffix: str) -> str:
        """Return the name under which answers, or studies, with that suffix can be fetched once."""
        write = export_studies if suffix == STUDIES_SUFFIX else export
        return self.downloads.offer(suffix, lambda file: write(self.store, file))

    def recount(self) -> Mapping[Task, int]:
        """Count all votes and boards anew; return how many votes count, by task."""
        with self.store.database.writing() as connection:
            tally.recount(connection)
        return {task: keeping.recount(self.store.database, task).votes for task in Task}


def open_office(
    store: Store,
    settings: Settings,
    secret: bytes,
    pictures: StimulusShelf,
    folder: Path,
    publisher: Publisher | None = None,
) -> Office:
    """Return the office; with a password set it takes the time of one slow hash.

    Raises StorageError: `folder`, where downloads lie for some minutes, cannot be made.
    """
    password = Password(settings.admin_password, secret) if settings.admin_password else None
    sessions = Sessions(store.database, password, secret) if password else None
    return Office(store, secret, pictures, Downloads(folder), sessions, publisher, refusal(settings))
