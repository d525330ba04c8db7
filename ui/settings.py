"""How the page is served, from the command line and the environment."""

from dataclasses import dataclass

LOOPBACK = ("127.0.0.1", "::1", "localhost")
"""Names and addresses by which a machine asks itself."""


@dataclass(frozen=True, slots=True)
class Serving:
    """Where the page answers. `port` None takes the first free one from 7860.

    `hosted` tells that somebody else's machine runs it for everyone, as a Space does.
    """

    host: str | None = None
    port: int | None = None
    share: bool = False
    mcp: bool = False
    hosted: bool = False

    @property
    def own(self) -> bool:
        """Tell whether only this machine can ask for the page.

        >>> Serving().own, Serving(host="0.0.0.0").own, Serving(share=True).own
        (True, False, False)
        """
        return not self.share and not self.hosted and (self.host or "127.0.0.1") in LOOPBACK
