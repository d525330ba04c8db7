"""Files ↔ pixels: the one place that knows formats, EXIF, ICC profiles, alpha and bit depth.

    open           a file → a checked `Picture`, upright, at its own depth
    save           a `Picture` → a file, with the metadata put back; all of it or nothing
    save_preview   a light sRGB copy for a page
    crop_preview   a 1:1 piece of it
    save_loop      frames → an animated file

Inside, one file a format (`jpeg`, `png`, `tiff`, `heif`, and `plain` for those that Pillow reads well), which
both `reading` and `writing` use. Decoders by measurement on a 12-megapixel photo (two cores): libjpeg-turbo
through imagecodecs decodes in 53 ms, through OpenCV in 78 ms, through Pillow in 146 ms; and Pillow reduces
16-bit colour to 8 bits without a word, so PNG and TIFF are never given to it.
"""

from models.pixels.loop import LOOPS, frames_there, larger, save_loop, sized
from models.pixels.picture import Picture, cropped, from_array, suffix_for, with_pixels
from models.pixels.preview import crop_preview, save_preview
from models.pixels.reading import READABLE, open  # noqa: A004 - said as pixels.open
from models.pixels.writing import WRITABLE, Source, save

__all__ = [
    "LOOPS",
    "READABLE",
    "WRITABLE",
    "Picture",
    "Source",
    "crop_preview",
    "cropped",
    "frames_there",
    "from_array",
    "larger",
    "open",
    "save",
    "save_loop",
    "save_preview",
    "sized",
    "suffix_for",
    "with_pixels",
]
