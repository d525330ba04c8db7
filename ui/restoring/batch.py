"""Several photos by one method, into one zip."""

import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from models import runner
from models.batch import FAULTS_OF_ONE_PHOTO
from models.order import Order
from models.pixels import suffix_for
from models.progress import Progress, StopFlag, silent
from ui.errors import StorageError
from ui.hosting.space import Restore
from ui.keeping.served import short


@dataclass(frozen=True, slots=True)
class Batch:
    """The zip with the results, how many there are, and why each of the others failed."""

    archive: Path
    done: int
    failed: tuple[str, ...]


def restore_all(
    photos: Sequence[Path],
    order: Order,
    folder: Path,
    *,
    max_megapixels: float,
    progress: Callable[[float, str], object],
    stop: StopFlag,
    preparing: Progress = silent,
    restore: Restore = runner.carry_out,
) -> Batch:
    """Do what `order` says to each of `photos`; put the results into one zip in `folder`, name what fails.

    `progress` hears how many photos are done, and the next one's name; `preparing` of the network's fetching.

    Raises StorageError: no space for the zip. StoppedError.
    """
    failed: list[str] = []
    archive = folder / f"patina-{order.model}.zip"
    try:
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as bundle:
            for number, photo in enumerate(photos):
                progress(number / len(photos), photo.name)
                try:
                    result = restore(
                        order, photo, max_megapixels=max_megapixels, progress=preparing, stop=stop
                    )
                    target = folder / f"{number + 1:03d}-{short(photo.stem)}{suffix_for(result.picture)}"
                    result.save(target)
                except FAULTS_OF_ONE_PHOTO as error:
                    failed.append(f"{photo.name}: {error}")
                    continue
                bundle.write(target, target.name)
                target.unlink()
    except OSError as error:
        raise StorageError(archive, error) from error
    return Batch(archive, len(photos) - len(failed), tuple(failed))
