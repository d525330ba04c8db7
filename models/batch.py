"""Many photos one after another, with the next one decoded and the last one encoded meanwhile.

    decode   ▒▒1▒▒▒▒2▒▒   ▒▒3▒▒
    compute       ▓▓▓▓1▓▓▓▓▓▓▓▓2▓▓▓▓▓▓▓▓3▓▓▓▓
    encode                 ░░1░░░░   ░░2░░░░   ░░3░░░░

At most one photo waits decoded and one is being encoded, however many there are. The caller's own thread
computes, so Ctrl-C ends a run between two steps; the photo that is being encoded is then still finished.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

from models.errors import BadPictureError, CannotSaveError, DeviceError, NoNumbersError
from models.folders import Job
from models.pixels import Picture
from models.provenance import Provenance
from models.runner import Restored

FAULTS_OF_ONE_PHOTO = (BadPictureError, CannotSaveError, DeviceError, NoNumbersError)
"""What one photo may fail with while the others are done. Anything else ends the run."""


@dataclass(frozen=True, slots=True)
class Finished:
    """A photo that is restored and wholly written."""

    job: Job
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class Failed:
    """A photo that could not be restored, and why."""

    job: Job
    error: BadPictureError | CannotSaveError | DeviceError | NoNumbersError


def restore_in_turn(
    work: Sequence[Job],
    *,
    decode: Callable[[Job], Picture],
    compute: Callable[[Job, Picture], Restored],
    encode: Callable[[Job, Restored], Provenance],
) -> Iterator[Finished | Failed]:
    """Do all of `work`; yield how each photo ended, in the order of `work`.

    `decode` and `encode` are each called in a thread of their own, `compute` in the caller's.

    Raises what one of them raises besides `FAULTS_OF_ONE_PHOTO`.
    """
    with ThreadPoolExecutor(1, "decode") as decoder, ThreadPoolExecutor(1, "encode") as encoder:
        ahead = [decoder.submit(decode, job) for job in work[:1]]
        behind: _Encoding | None = None
        for number, job in enumerate(work):
            picture = ahead.pop()
            ahead = [decoder.submit(decode, following) for following in work[number + 1 : number + 2]]
            restored = _computed(compute, job, picture)
            del picture  # a large photo's memory: it is not needed while the next one is computed
            if behind:
                yield behind.outcome()
            behind = None
            if isinstance(restored, Failed):
                yield restored
            else:
                behind = _Encoding(job, encoder.submit(encode, job, restored))
            del restored
        if behind:
            yield behind.outcome()


def _computed(
    compute: Callable[[Job, Picture], Restored], job: Job, picture: Future[Picture]
) -> Restored | Failed:
    try:
        return compute(job, picture.result())
    except FAULTS_OF_ONE_PHOTO as error:
        return Failed(job, error)


@dataclass(frozen=True, slots=True)
class _Encoding:
    """A photo on its way to the disk."""

    job: Job
    provenance: Future[Provenance]

    def outcome(self) -> Finished | Failed:
        """Wait until it is there, or has failed."""
        try:
            return Finished(self.job, self.provenance.result())
        except FAULTS_OF_ONE_PHOTO as error:
            return Failed(self.job, error)
