"""`python -m models restore` on a photo of each format, through the command line's own function."""

import io
from pathlib import Path

import cv2
import numpy as np
import pillow_heif
import pytest
import tifffile
from PIL import Image
from skimage import data

from models import pixels
from models.__main__ import main
from models.commands.codes import DONE
from models.ledger import NAME as LEDGER

PHOTO = data.astronaut()[40:104, 180:270]
DEEP = PHOTO.astype(np.uint16) * 257


def by_pillow(image: Image.Image, kind: str, **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def by_tifffile(image: np.ndarray) -> bytes:
    file = io.BytesIO()
    tifffile.imwrite(file, image, photometric="rgb" if image.ndim == 3 else "minisblack")
    return file.getvalue()


def heic() -> bytes:
    file = io.BytesIO()
    pillow_heif.from_bytes("RGB", PHOTO.shape[1::-1], PHOTO.tobytes()).save(file, quality=-1)
    return file.getvalue()


COLOUR = Image.fromarray(PHOTO)
CLEAR = Image.fromarray(
    np.dstack([PHOTO, np.arange(PHOTO.size // 3, dtype=np.uint8).reshape(PHOTO.shape[:2])])
)
FILES = {
    "photo.jpg": by_pillow(COLOUR, "JPEG", quality=95),
    "cmyk.jpg": by_pillow(COLOUR.convert("CMYK"), "JPEG"),
    "grey.jpg": by_pillow(COLOUR.convert("L"), "JPEG"),
    "colour.png": by_pillow(COLOUR, "PNG"),
    "grey.png": by_pillow(COLOUR.convert("L"), "PNG"),
    "palette.png": by_pillow(COLOUR.convert("P"), "PNG"),
    "alpha.png": by_pillow(CLEAR, "PNG"),
    "one-bit.png": by_pillow(COLOUR.convert("1"), "PNG"),
    "deep.png": bytes(cv2.imencode(".png", DEEP[..., ::-1])[1]),
    "deep-grey.png": bytes(cv2.imencode(".png", DEEP[..., 0])[1]),
    "photo.webp": by_pillow(CLEAR, "WEBP"),
    "colour.tiff": by_pillow(COLOUR, "TIFF"),
    "deep.tiff": by_tifffile(DEEP),
    "float.tiff": by_tifffile(PHOTO.astype(np.float32) / 255),
    "photo.bmp": by_pillow(COLOUR, "BMP"),
    "photo.gif": by_pillow(COLOUR, "GIF"),
    "photo.heic": heic(),
    "photo.avif": by_pillow(COLOUR, "AVIF"),
}


@pytest.mark.parametrize("name", FILES)
def test_restore_reads_each_format_and_writes_it_at_its_own_depth(name: str, tmp_path: Path):
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / name).write_bytes(FILES[name])
    assert main(["restore", "denoise-gaussian", str(folder), str(tmp_path / "out")]) == DONE
    (result,) = (path for path in (tmp_path / "out").iterdir() if path.name != LEDGER)
    before, after = pixels.open(folder / name), pixels.open(result)
    assert result.suffix == (Path(name).suffix if Path(name).suffix in pixels.WRITABLE else ".png")
    assert after.size == before.size == PHOTO.shape[:2]
    assert after.pixels.dtype == before.pixels.dtype
    assert (after.alpha is None) == (before.alpha is None)
    assert np.corrcoef(before.pixels.ravel(), after.pixels.ravel())[0, 1] > 0.3
