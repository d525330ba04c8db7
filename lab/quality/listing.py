"""Lists of photos: a file name a line, and what it shows behind it; # begins a comment."""

from pathlib import Path

from lab.errors import MaterialError


def names(path: Path) -> frozenset[str]:
    """Return the file names in the list `path`.

    Raises MaterialError: it cannot be read, or names nothing.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise MaterialError(f"The list '{path}' cannot be read: {error}.") from error
    found = frozenset(line.split()[0] for line in lines if line.strip() and not line.startswith("#"))
    if not found:
        raise MaterialError(f"The list '{path}' names no photos. Put a file name on each line.")
    return found
