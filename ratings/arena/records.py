"""The frozen records of blind comparisons."""

from dataclasses import dataclass
from datetime import datetime

from ratings.judging import Choice
from ratings.records import Flag
from ratings.stimuli import Stimulus


@dataclass(frozen=True, slots=True)
class Deal:
    """A pair that was put before someone. `token` is the right to see it, and to answer once.

    `rater` is the pseudonym of who may answer, None for a script, whose answer does not count.
    """

    token: str
    left: Stimulus
    right: Stimulus
    rater: str | None


@dataclass(frozen=True, slots=True)
class Vote:
    """A stored answer to a deal; `flag` says why it does not count, `reason` what was found."""

    deal: Deal
    choice: Choice
    flag: Flag | None
    reason: str
    voted_at: datetime
