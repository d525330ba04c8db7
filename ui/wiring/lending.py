"""Copies of the desk's files where Gradio serves files from; the data folder itself it never serves.

A folder on the shelf holds more than what is shown: a photo as it was uploaded, with the place it was taken
at. Were the folder open to Gradio's file route, a link to a result would be the right to see that too.
"""

from pathlib import Path

from gradio.processing_utils import save_file_to_cache
from gradio.utils import get_upload_folder

from ui.errors import StorageError


def lend(path: Path) -> str:
    """Return where Gradio serves a copy of the file at `path`; the copy is kept for a day after its last use.

    Raises StorageError: no space for it.
    """
    try:
        return save_file_to_cache(path, get_upload_folder())
    except OSError as error:
        raise StorageError(path, error) from error


def is_upload(path: str) -> bool:
    """Tell whether `path` lies where Gradio puts uploads."""
    return Path(path).resolve().is_relative_to(Path(get_upload_folder()).resolve())
