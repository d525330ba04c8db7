"""Whether answers are shared, and the publisher that shares them."""

import re
from collections.abc import Callable

from ratings.database import Database
from ratings.errors import DatasetError
from ratings.settings import Settings
from ratings.sharing.dataset import Dataset
from ratings.sharing.publisher import Publisher

_REPO = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*", re.ASCII)


def refusal(settings: Settings) -> str | None:
    """Return why nothing is shared although a dataset is named, None if it is.

    >>> from dataclasses import replace
    >>> from pathlib import Path
    >>> settings = Settings(Path("data"), "sqlite:///data/patina.db", ratings_repo="someone/ratings")
    >>> refusal(settings) is None, refusal(replace(settings, hosted=True)) is None
    (True, False)
    """
    if settings.ratings_repo and settings.hosted and settings.secret is None:
        return (
            "Ratings are not shared: a Space forgets its secret at each restart, and every rater would be "
            "published as a new person. Set PATINA_SECRET among the Space's secrets."
        )
    return None


def open_publisher(database: Database, settings: Settings, tell: Callable[[str], object]) -> Publisher | None:
    """Return the publisher to the dataset that `settings` name, not yet begun; None where none is named.

    `tell` gets the sentence if sharing is refused.

    Raises DatasetError: the dataset's name is none. StoreError.
    """
    repo = settings.ratings_repo
    if repo is None:
        return None
    if not _REPO.fullmatch(repo) or ".." in repo or "--" in repo or repo.endswith(".git"):
        raise DatasetError(f"PATINA_RATINGS_REPO must be OWNER/NAME, as in someone/ratings; got '{repo}'.")
    refused = refusal(settings)
    if refused:
        tell(refused)
        return None
    return Publisher(database, Dataset(repo, settings.hub_endpoint), tell)
