"""Images in the IDX form of MNIST and Fashion-MNIST: many of one size in one file, gzipped or not.

The form is told on http://yann.lecun.com/exdb/mnist: a header of big-endian integers, then the bytes.
"""

import gzip
import zlib
from pathlib import Path

import numpy as np

from lab.errors import MaterialError
from models.method import Pixels

_IMAGES = 0x0803
"""The magic number: unsigned bytes, three dimensions."""

ENDING = "-images-idx3-ubyte"
"""How the names of such files end, before any ".gz"."""

_TEST_PARTS = ("t10k-", "test-")
"""How the names of the part begin that is not learnt from."""


def is_idx(name: str) -> bool:
    """Tell whether a file of that name holds images in the IDX form."""
    return name.removesuffix(".gz").endswith(ENDING)


def is_of_test_part(image: Path) -> bool:
    """Tell whether `image`, file/number of one in the IDX form, is of a part that is not learnt from."""
    return is_idx(image.parent.name) and image.parent.name.startswith(_TEST_PARTS)


def images(path: Path) -> Pixels:
    """Return the grey images in the file `path`, (n, height, width) uint8; raises MaterialError."""
    try:
        data = path.read_bytes()
        data = gzip.decompress(data) if path.suffix == ".gz" else data
    except (OSError, EOFError, zlib.error) as error:
        raise MaterialError(f"'{path}' cannot be read: {error}. Copy or download it again.") from error
    magic, count, height, width = np.frombuffer(data[:16].ljust(16, b"\0"), ">u4").tolist()
    if magic != _IMAGES or len(data) != 16 + count * height * width:
        raise MaterialError(
            f"Expected images in the IDX form in '{path}', {count} of {height} × {width} bytes by its "
            f"header; found {len(data)} bytes. Copy or download it again."
        )
    return np.frombuffer(data, np.uint8, offset=16).reshape(count, height, width)
