"""Where ratings are kept, from the environment.

Only entry points (`app.py`, `python -m ratings`) call `from_environment`; nothing else reads the environment.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from sqlalchemy import URL


@dataclass(frozen=True, slots=True)
class Settings:
    """Where ratings are kept, the two words that must not be shown, and where this runs.

    `secret` signs browsers' tokens, `admin_password` opens the administration; None where it was not given.
    `hosted` tells that this is a Space, whose disk is emptied at a restart. `ratings_repo` is the dataset on
    the Hub to which answers are published, None for nowhere; `hub_endpoint` None is the Hub itself.
    """

    data_dir: Path
    database_url: str
    secret: str | None = None
    admin_password: str | None = None
    hosted: bool = False
    ratings_repo: str | None = None
    hub_endpoint: str | None = None

    def __repr__(self) -> str:
        return f"Settings(data_dir={self.data_dir!r}, …)"  # a URL may hold a password

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Self:
        """Read PATINA_DATA_DIR (./data), PATINA_DATABASE_URL (patina.db in it), PATINA_SECRET,
        PATINA_ADMIN_PASSWORD and PATINA_RATINGS_REPO (none), HF_ENDPOINT (the Hub), and SPACE_ID, which a
        Space sets.

        An empty value counts as none.

        >>> Settings.from_environment({"PATINA_DATA_DIR": "/srv/patina"}).database_url
        'sqlite:////srv/patina/patina.db'
        """
        data_dir = Path(environment.get("PATINA_DATA_DIR") or "data")
        file = URL.create("sqlite", database=str(data_dir / "patina.db"))
        return cls(
            data_dir=data_dir,
            database_url=environment.get("PATINA_DATABASE_URL") or file.render_as_string(),
            secret=environment.get("PATINA_SECRET") or None,
            admin_password=environment.get("PATINA_ADMIN_PASSWORD") or None,
            hosted=bool(environment.get("SPACE_ID")),
            ratings_repo=environment.get("PATINA_RATINGS_REPO") or None,
            hub_endpoint=environment.get("HF_ENDPOINT") or None,
        )
