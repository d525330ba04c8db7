"""What the Mark tab does: offer a picture, keep what was painted on it, show where people see problems."""

import random
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from models import pixels
from ratings.errors import UnknownMarkError
from ratings.marks.heats import FEWEST_RATERS, Heats
from ratings.marks.marks import Marks
from ratings.marks.records import Mark, Painted, Photo
from ratings.stimuli import Stimulus
from ui.dealing.staging import plain_png
from ui.errors import GoneError
from ui.marking.drawing import fitted, framed, overlaid
from ui.marking.subjects import Subject, Subjects

_ENLARGED = 4
"""Times that a model's map, which is small, is drawn."""


@dataclass(frozen=True, slots=True)
class Marked:
    """A result on which people have marked something: how many they are, and how many marked each label."""

    stimulus: Stimulus
    raters: int
    labels: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Easel:
    """Where pictures are put before people to be marked; every thread may use it."""

    subjects: Subjects
    marks: Marks
    heats: Heats
    prepare: Callable[[], tuple[int, int]]
    """Begins to make results that are missing, and tells how many are made of how many."""

    def next(self, task: str, rater: str | None, skipped: Collection[str]) -> Subject | None:
        """Return a result of `task` that `rater` has neither marked nor `skipped`, None if there is none.

        Those that a few people have marked come first, until a heat map can be made of them.
        """
        done = self.marks.marked_by(rater) if rater else frozenset[tuple[int | None, str]]()
        people = self.marks.raters(task)
        free = [
            each
            for each in self.subjects.stimuli.of_task(task)
            if (each.id, each.shown_sha256) not in done and self.subjects.key(each) not in skipped
        ]
        if not free:
            return None
        return self.subjects.result(
            min(free, key=lambda each: (_turn(people.get(each.id, 0)), random.random()))
        )

    def waiting(self, task: str) -> tuple[int, int] | None:
        """Tell how many results are made of how many, and make more, if there is none of `task` yet."""
        return None if self.subjects.stimuli.of_task(task) else self.prepare()

    def mark(
        self, key: str, painted: Painted, rater: str | None, *, accepted_licence: object, consent: bool
    ) -> Mark:
        """Keep what was `painted` on a picture; an own photo is kept with it only with `consent`.

        Raises GoneError, RatingsError, StorageError.
        """
        subject = self.subjects.find(key, rater)
        if subject.stimulus is not None:
            return self.marks.on_result(
                subject.stimulus.id, painted, rater, accepted_licence=accepted_licence
            )
        given = consent and subject.own and rater is not None
        photo = Photo(
            sha256=subject.sha256,
            name=subject.name,
            width=subject.width,
            height=subject.height,
            consent=given,
        )
        mark = self.marks.on_photo(photo, painted, rater, accepted_licence=accepted_licence)
        if given:
            self.subjects.pictures.put(subject.file.read_bytes())
        elif subject.own:
            self._let_go(subject.sha256)
        return mark

    def mine(self, subject: Subject, rater: str | None) -> tuple[Mark, ...]:
        """Return what `rater` has marked on a picture."""
        if rater is None:
            return ()
        identifier = subject.stimulus.id if subject.stimulus else None
        return self.marks.mine(identifier, subject.sha256, rater)

    def take_back(self, uid: str, rater: str | None, *, wholly: bool) -> None:
        """Take back a mark; the one that it had replaced counts again, unless `wholly`.

        Raises UnknownMarkError: there is none of this rater's.
        """
        if rater is None:
            raise UnknownMarkError
        taken = self.marks.withdraw(uid, rater) if wholly else self.marks.undo(uid, rater)
        if taken.consent:
            self._let_go(taken.image_sha256)

    def marked(self, task: str) -> tuple[Marked, ...]:
        """Return the gallery's results of `task` that people have marked, most people first."""
        labels, people = self.marks.labels(task), self.marks.raters(task)
        found = (
            Marked(each, people[each.id], labels[each.id])
            for each in self.subjects.stimuli.of_task(task)
            if each.id in people
        )
        return tuple(sorted(found, key=lambda each: -each.raters))

    def heat_picture(self, stimulus_id: int, label: str | None) -> bytes:
        """Return a result under the map of where people marked it, as a PNG; reduced if it is large.

        Raises GoneError: no such result of the gallery, or fewer than `FEWEST_RATERS` people marked it.
        """
        stimulus = self.subjects.stimuli.get([stimulus_id]).get(stimulus_id)
        if stimulus is None or stimulus.owner is not None:
            raise GoneError
        file = self.subjects.pictures.file(stimulus.shown_sha256)
        heat = self.heats.of_result(stimulus_id, label)
        if heat is None:
            raise GoneError
        shown = fitted(pixels.open(file).pixels, heat.share)
        return plain_png(pixels.from_array(overlaid(shown, heat.share)))

    def model_picture(self, contestant: int, label: str | None) -> tuple[bytes, float]:
        """Return the mean of the maps of a contestant's results, as a PNG, and the highest share in it.

        Raises GoneError: no such contestant, or `FEWEST_RATERS` people or more marked none of its results.
        """
        heat = self.heats.of_model(contestant, label)
        if heat is None:
            raise GoneError
        png = plain_png(pixels.from_array(framed(heat.share, enlarged=_ENLARGED)))
        return png, float(heat.share.max())

    def _let_go(self, sha256: str) -> None:
        """Take away an own photo that was given once, unless it is needed still."""
        if not self.marks.needs(sha256):
            self.subjects.pictures.drop(sha256)


def _turn(people: int) -> int:
    """Return 0 for pictures that lack a few people for a map, 1 for untouched ones, 2 for the others."""
    return 0 if 0 < people < FEWEST_RATERS else 1 if people == 0 else 2
