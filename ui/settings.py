"""How the page is served, from the command line and the environment."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Serving:
    """Where the page answers. `port` None takes the first free one from 7860."""

    host: str | None = None
    port: int | None = None
    share: bool = False
    mcp: bool = False
