"""What the participant's page is told, as plain JSON: where the sitting stands, never what a picture is."""

import hmac
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from ratings import raters
from ratings.errors import NotNowError
from ratings.judging import read_response, read_viewing
from ratings.records import LICENCE
from ratings.stimuli import Stimuli, Stimulus
from ratings.studies.design import Check, Kind, Method
from ratings.studies.order import Trial
from ratings.studies.records import Sitting, Study
from ratings.studies.sittings import FINISHED, Sittings, participant_hash
from ui.errors import GoneError
from ui.keeping.pictures import StimulusShelf
from ui.studies.plates import STEPS

PATIENT = 2
"""So many of the grey squares may be missed: cheap screens, bright rooms."""


@dataclass(frozen=True, slots=True)
class Participation:
    """Lets people take part over plain HTTP; every thread may use it."""

    sittings: Sittings
    stimuli: Stimuli
    pictures: StimulusShelf
    secret: bytes

    def begin(self, browser: str | None, asked: dict[str, Any]) -> dict[str, Any]:
        """Begin or go on; a browser without a token of ours is given one. Raises RatingsError."""
        token = (
            browser if browser and raters.rater_id(self.secret, browser) else raters.new_token(self.secret)
        )
        rater = raters.rater_id(self.secret, token)
        assert rater is not None, "a new token is good"
        link = _text(asked.get("study"))
        study = self.sittings.study(link)
        outside = _outside_id(study, asked.get("link"))
        known = participant_hash(self.secret, study.uid, outside) if outside else None
        return {"browser": token, **self._told(self.sittings.begin(link, rater, known))}

    def consent(self, rater: str, asked: dict[str, Any]) -> dict[str, Any]:
        """Note that the person agrees to take part. Raises RatingsError."""
        licence = asked.get("licence")
        return self._told(self.sittings.consent(_text(asked.get("study")), rater, accepted_licence=licence))

    def check(self, rater: str, asked: dict[str, Any]) -> dict[str, Any]:
        """Hold what the person saw against what was shown. Raises RatingsError."""
        study = _text(asked.get("study"))
        told = cast("dict[str, Any]", asked.get("checks") if isinstance(asked.get("checks"), dict) else {})
        viewing = read_viewing(asked.get("viewing"))
        passed = {
            Check.WIDTH: told.get("screen-width") is True,
            Check.ZOOM: told.get("zoom") is True,
            Check.COLOUR: _text(told.get("colour-plate")).strip() == str(self.number(rater, study)),
            Check.BRIGHTNESS: _saw(told.get("dark")) and _saw(told.get("light")),
        }
        return self._told(self.sittings.check(study, rater, passed, viewing))

    def answer(self, rater: str, asked: dict[str, Any]) -> dict[str, Any]:
        """Keep an answer. Raises RatingsError."""
        sitting = self.sittings.answer(
            _text(asked.get("study")),
            rater,
            asked.get("trial"),
            asked.get("answer"),
            viewing=read_viewing(asked.get("viewing")),
            response_ms=read_response(asked.get("response_ms")),
        )
        return self._told(sitting)

    def standing(self, rater: str, asked: dict[str, Any]) -> dict[str, Any]:
        """Return where the sitting stands. Raises RatingsError."""
        return self._told(self.sittings.now(_text(asked.get("study")), rater))

    def picture(self, rater: str, study: str, trial: int, side: str) -> Path:
        """Return the picture of one side of the trial that is due, or the one after it.

        Raises GoneError, NotNowError: another trial's.
        """
        sitting = self.sittings.now(study, rater)
        for each in (sitting.trial, sitting.upcoming):
            if each and each.index == trial:
                return self.pictures.file(self._side(sitting, each, side).shown_sha256)
        raise NotNowError

    def number(self, rater: str, study: str) -> int:
        """Return the number of two digits that this person's plate shows in this study."""
        told = f"plate:{study}:{rater}".encode(errors="surrogatepass")
        drawn = hmac.digest(self.secret, told, "sha256")
        return 10 + int.from_bytes(drawn[:4], "big") % 90

    def _side(self, sitting: Sitting, trial: Trial, side: str) -> Stimulus:
        shown = {"one": trial.stimulus}
        if sitting.study.design.method is Method.PAIRS:
            shown = {"left": trial.stimulus, "right": trial.other}
        elif sitting.study.design.method is Method.DCR:
            shown = {"reference": trial.other, "one": trial.stimulus}
        identifier = shown.get(side)
        found = self.stimuli.get([identifier]) if identifier is not None else {}
        if identifier is None or identifier not in found:
            raise GoneError
        return found[identifier]

    def _told(self, sitting: Sitting) -> dict[str, Any]:
        design = sitting.study.design
        rests = sitting.rests_until
        return {
            "title": sitting.study.title,
            "task": sitting.study.task,
            "method": str(design.method),
            "state": sitting.state,
            "pseudonym": sitting.rater,
            "pilot": sitting.pilot,
            "trials": sitting.trials,
            "minutes": design.minutes,
            "trial": self._trial(sitting, sitting.trial),
            "upcoming": self._trial(sitting, sitting.upcoming),
            "rests_seconds": max(0, round((rests - datetime.now(UTC)).total_seconds())) if rests else 0,
            "checks": sorted(map(str, design.checks)),
            "failed": list(sitting.failed),
            "widest": self._widest(sitting),
            "instructions": design.instructions.model_dump(),
            "consent": design.consent.model_dump(),
            "licence": LICENCE,
            "code": design.completion_code if sitting.state == FINISHED else "",
            "return_url": design.return_url if sitting.state == FINISHED else "",
        }

    def _trial(self, sitting: Sitting, trial: Trial | None) -> dict[str, Any] | None:
        """Return what the page may know of a trial: gold and traps look like any other."""
        if trial is None:
            return None
        sides = {Method.PAIRS: ["left", "right"], Method.DCR: ["reference", "one"]}
        shown = sides.get(sitting.study.design.method, ["one"])
        pictures = [self._side(sitting, trial, side) for side in shown]
        return {
            "index": trial.index,
            "training": trial.kind is Kind.TRAINING,
            "sides": shown,
            "width": max(each.width for each in pictures),
            "height": max(each.height for each in pictures),
        }

    def _widest(self, sitting: Sitting) -> int:
        """Return how many device pixels the widest picture of the study takes."""
        found = self.stimuli.get(sorted(sitting.study.design.stimuli))
        return max((each.width for each in found.values()), default=0)


def _saw(told: object) -> bool:
    """Tell whether enough of the grey squares were seen."""
    return isinstance(told, int) and not isinstance(told, bool) and STEPS - PATIENT <= told <= STEPS


def _outside_id(study: Study, link: object) -> str:
    """Return the outside participant id that the link's `name=value` parts bring, "" if none."""
    told = cast("dict[str, Any]", link) if isinstance(link, dict) else {}
    brought = (_text(told.get(name))[:200] for name in study.design.participant_parameters)
    return next(filter(None, brought), "")


def _text(told: object) -> str:
    return told if isinstance(told, str) else ""
