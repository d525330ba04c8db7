"""Whether answers may be published at all: pseudonyms must hold for longer than a server's disk."""

from ratings.settings import Settings


def may_not_publish(settings: Settings) -> str | None:
    """Return why nothing may be published, a sentence; None if it may.

    A Space's disk is emptied at a restart, and a secret that was made there is lost. Then every rater becomes
    a new person, and nobody can ask any more for what was published to be forgotten.

    >>> from pathlib import Path
    >>> may_not_publish(Settings(Path("data"), "sqlite:///data/patina.db")) is None
    True
    """
    if settings.hosted and settings.secret is None:
        return (
            "Nothing is published from a Space without PATINA_SECRET: its disk is emptied at a restart, and "
            "a secret made there is lost, so that every rater becomes a new person whom nobody can forget. "
            "Set PATINA_SECRET to a long random text, as a secret of the Space."
        )
    return None
