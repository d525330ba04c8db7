"""HEIC, as phones write it, by libheif: 10 and 12 bits are read as 16."""

import numpy as np

from models.errors import BadPictureError
from models.pixels.decoded import Allow, Decoded

_UPRIGHT = 1


def read(data: bytes, allow: Allow) -> Decoded:
    """Decode the primary picture of a HEIF file; libheif has it upright already.

    Raises BadPictureError: this installation cannot read HEIC.
    """
    try:
        import pillow_heif
    except ImportError as missing:
        raise BadPictureError(
            "This is a HEIC file, and pillow-heif, which reads it, is not installed. Install it, or save the "
            "photo as JPEG and try again."
        ) from missing

    pictures = pillow_heif.open_heif(data, convert_hdr_to_8bit=False)
    primary = pictures[pictures.primary_index]
    allow(*primary.size)
    image = np.asarray(primary)
    if primary.mode.startswith(("RGBa", "La")):
        raise BadPictureError(
            "Expected plain transparency in this HEIC file; found premultiplied. Save it as PNG."
        )
    more = len(pictures) > 1
    notes = (f"It holds {len(pictures)} pictures; only the primary one is used.",) if more else ()
    icc, exif = (_bytes(primary.info.get(name)) for name in ("icc_profile", "exif"))
    return Decoded(image, icc, exif, _UPRIGHT, notes)


def _bytes(value: object) -> bytes | None:
    return value if isinstance(value, bytes) else None
