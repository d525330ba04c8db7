"""How a long step says how far it is, and how it learns that it should stop."""

from collections.abc import Callable

Progress = Callable[[str, float], None]
"""Called with the step's name and the share of it that is done, in [0, 1]."""

StopFlag = Callable[[], bool]
"""Asked again and again; true ends the run with StoppedError."""


def silent(_step: str, _share: float) -> None:
    """Report progress to nobody."""


def never() -> bool:
    """Never ask for a stop."""
    return False
