"""Bad files are refused in one clear sentence, and nothing else ever comes out of `open`."""

import io
import os
import struct
import subprocess
import sys
import zlib
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pillow_heif
import pytest
import tifffile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from models import pixels
from models.errors import BadPictureError, ModelsError, TooLargeError


def picture(side: int = 24, dtype: type = np.uint8) -> Any:
    noise = np.random.default_rng(1).random((side, side + 3, 3)).astype(np.float32)
    noise = cv2.GaussianBlur(noise, (0, 0), 2)
    return noise if dtype is np.float32 else (noise * np.iinfo(dtype).max).astype(dtype)


def encoded(kind: str, side: int = 24) -> bytes:
    """A small sound file of each kind that `open` reads, with EXIF where Pillow writes it."""
    file, image = io.BytesIO(), Image.fromarray(picture(side))
    exif = Image.Exif()
    exif[271], exif[274] = "Maker", 6
    exif.get_ifd(0x8769)[0x9003] = "2024:01:01 00:00:00"
    if kind == "PNG16":
        return bytes(cv2.imencode(".png", picture(side, np.uint16))[1])
    if kind.startswith("TIFF"):
        dtype = {"TIFF": np.uint8, "TIFF16": np.uint16, "TIFF32": np.float32}[kind]
        packing = None if kind == "TIFF16" else "zlib"
        tifffile.imwrite(file, picture(side, dtype), photometric="rgb", compression=packing)
    elif kind == "HEIF":
        pillow_heif.from_pillow(image).save(file, exif=exif.tobytes())
    elif kind == "GIF":
        image.quantize(16).save(file, "GIF")
    elif kind == "BMP":
        image.save(file, "BMP")
    elif kind == "CMYK":
        image.convert("CMYK").save(file, "JPEG")
    elif kind == "PROGRESSIVE":
        image.save(file, "JPEG", progressive=True, exif=exif)
    else:
        image.save(file, kind, exif=exif)
    return file.getvalue()


KINDS = (
    *(
        "JPEG",
        "PROGRESSIVE",
        "CMYK",
        "PNG",
        "PNG16",
        "TIFF",
        "TIFF16",
        "TIFF32",
        "WEBP",
        "GIF",
        "BMP",
        "HEIF",
        "AVIF",
    ),
)
SOUND = {kind: encoded(kind) for kind in KINDS}


def opened(folder: Path, data: bytes, **limits: float) -> pixels.Picture:
    path = folder / "file.bin"
    path.write_bytes(data)
    return pixels.open(path, **limits)


@pytest.mark.parametrize("kind", KINDS)
def test_the_sound_files_of_these_tests_are_sound(tmp_path: Path, kind: str) -> None:
    assert sorted(opened(tmp_path, SOUND[kind]).size) == [24, 27]


def test_a_missing_file_a_folder_and_an_empty_file_are_told_apart(tmp_path: Path) -> None:
    (tmp_path / "empty.jpg").touch()
    for name, words in (("none.jpg", "there is no 'none.jpg'"), (".", "folder"), ("empty.jpg", "is empty")):
        with pytest.raises(BadPictureError, match=words):
            pixels.open(tmp_path / name)


def test_a_device_is_refused_and_not_read_for_ever(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (Path("/dev/zero"), tmp_path / "pipe"):
        with pytest.raises(BadPictureError, match="device"):
            pixels.open(path)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("share", [0.02, 0.3, 0.5, 0.9])
def test_a_truncated_file_is_refused_as_incomplete(tmp_path: Path, kind: str, share: float) -> None:
    data = SOUND[kind]
    with pytest.raises(BadPictureError, match=r"incomplete|something else"):
        opened(tmp_path, data[: max(8, int(len(data) * share))])


@pytest.mark.parametrize("kind", ["JPEG", "PROGRESSIVE", "CMYK", "PNG", "PNG16", "TIFF", "TIFF16", "WEBP"])
@pytest.mark.parametrize("lost", [1, 2, 3, 13, 40])
def test_even_a_few_lost_bytes_are_noticed(tmp_path: Path, kind: str, lost: int) -> None:
    with pytest.raises(BadPictureError, match="this one is incomplete"):
        opened(tmp_path, SOUND[kind][:-lost])


def test_a_thumbnail_does_not_hide_that_the_photo_is_cut_off(tmp_path: Path) -> None:
    """The EXIF thumbnail is a whole JPEG with its own end marker."""
    file, thumbnail = io.BytesIO(), SOUND["JPEG"]
    Image.fromarray(picture(64)).save(file, "JPEG", exif=b"Exif\0\0MM\0*\0\0\0\x08" + bytes(6) + thumbnail)
    with pytest.raises(BadPictureError, match="incomplete"):
        opened(tmp_path, file.getvalue()[:-100])


def test_bytes_behind_the_picture_do_no_harm(tmp_path: Path) -> None:
    """Phones append a short film to a JPEG."""
    for kind in ("JPEG", "PNG"):
        np.testing.assert_array_equal(
            opened(tmp_path, SOUND[kind] + b"\0film" * 99).pixels, opened(tmp_path, SOUND[kind]).pixels
        )


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"hello, this is text", "something else"),
        (b"%PDF-1.7\n", "a PDF document"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "a PostScript document"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "an SVG drawing"),
        (b"P6\n2 2\n255\n" + bytes(12), "something else"),
        (b"\x00" * 400, "something else"),
    ],
)
def test_what_is_no_picture_is_named(tmp_path: Path, data: bytes, words: str) -> None:
    with pytest.raises(BadPictureError, match=words) as refusal:
        opened(tmp_path, data)
    assert "Save it as JPEG or PNG" in str(refusal.value)


@pytest.mark.parametrize("kind", KINDS)
def test_the_limit_of_megapixels_holds_for_every_format(tmp_path: Path, kind: str) -> None:
    with pytest.raises(TooLargeError, match="megapixels"):
        opened(tmp_path, SOUND[kind], max_megapixels=0.0006)
    assert opened(tmp_path, SOUND[kind], max_megapixels=0.000648).size


def _png_bomb() -> bytes:
    header = struct.pack(">IIBBBBB", 50_000, 50_000, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(bytes(10**6))), (b"IEND", b"")]
    return PngImagePlugin._MAGIC + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        for name, body in chunks
    )


def _tiff_bomb() -> bytes:
    file = io.BytesIO()
    tifffile.imwrite(file, picture(), photometric="rgb", compression="zlib", metadata=None)
    data = bytearray(file.getvalue())
    with tifffile.TiffFile(io.BytesIO(bytes(data))) as tiff:
        places = [tiff.pages.first.tags[tag].valueoffset for tag in (256, 257)]
    for place in places:
        struct.pack_into("<H", data, place, 50_000)
    return bytes(data)


def _jpeg_bomb() -> bytes:
    data = bytearray(SOUND["JPEG"])
    frame = data.find(b"\xff\xc0")
    struct.pack_into(">HH", data, frame + 5, 50_000, 50_000)
    return bytes(data)


def _gif_bomb() -> bytes:
    data = bytearray(SOUND["GIF"])
    struct.pack_into("<HH", data, 6, 50_000, 50_000)
    return bytes(data)


def _bmp_bomb() -> bytes:
    data = bytearray(SOUND["BMP"])
    struct.pack_into("<ii", data, 18, 50_000, 50_000)
    return bytes(data)


@pytest.mark.parametrize("bomb", [_png_bomb, _tiff_bomb, _jpeg_bomb, _gif_bomb, _bmp_bomb])
def test_a_small_file_of_2500_megapixels_is_refused_before_it_is_decoded(tmp_path: Path, bomb: Any) -> None:
    with pytest.raises(TooLargeError, match=r"2500\.0 \(50000 × 50000\)"):
        opened(tmp_path, bomb())


def test_pictures_above_pillows_own_limit_open_without_its_warning(tmp_path: Path) -> None:
    """Pillow warns from 89 megapixels on; ours is the only limit, and Pillow's stays as it was."""
    before = Image.MAX_IMAGE_PIXELS
    assert before is not None
    Image.new("1", (10_000, 9_500)).save(tmp_path / "large.bmp")
    assert pixels.open(tmp_path / "large.bmp").size == (9_500, 10_000)
    assert before == Image.MAX_IMAGE_PIXELS


def test_a_picture_without_pixels_is_refused(tmp_path: Path) -> None:
    data = bytearray(SOUND["PNG"])
    struct.pack_into(">I", data, 16, 0)
    with pytest.raises(BadPictureError, match="at least 1 × 1"):
        opened(tmp_path, bytes(data))


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_values_that_are_no_numbers_are_refused(tmp_path: Path, value: float) -> None:
    image = picture(dtype=np.float32)
    image[3, 3, 1] = value
    tifffile.imwrite(tmp_path / "a.tif", image, photometric="rgb")
    with pytest.raises(BadPictureError, match="NaN or infinity"):
        pixels.open(tmp_path / "a.tif")


@pytest.mark.parametrize(
    ("image", "options", "words"),
    [
        (np.ones((9, 9), np.complex64), {}, "complex64"),
        (np.ones((9, 9, 8), np.uint8), {"photometric": "minisblack", "planarconfig": "contig"}, "8 channels"),
        (np.ones((9, 9, 3), np.uint8), {"photometric": "rgb", "subfiletype": 1}, "raw camera file"),
    ],
)
def test_tiffs_that_are_no_photos_are_refused(tmp_path: Path, image: Any, options: Any, words: str) -> None:
    tifffile.imwrite(tmp_path / "a.tif", image, **options)
    with pytest.raises(BadPictureError, match=words):
        pixels.open(tmp_path / "a.tif")


def test_damaged_metadata_fail_nothing_and_are_noted(tmp_path: Path) -> None:
    for suffix in (".jpg", ".png", ".webp"):
        Image.fromarray(picture()).save(
            tmp_path / f"a{suffix}", exif=b"Exif\0\0MM\0*\xff\xff\xff\xff broken", icc_profile=b"no profile"
        )
        found = pixels.open(tmp_path / f"a{suffix}")
        assert (found.exif, found.icc) == (None, None)
        assert [note.split(" damaged")[0] for note in found.notes] == [
            "Its colour profile is",
            "Its EXIF data are",
        ]


def test_a_damaged_profile_chunk_in_a_png_fails_nothing(tmp_path: Path) -> None:
    chunk = b"iCCPname\0\0this is not deflated"
    whole = struct.pack(">I", len(chunk) - 4) + chunk + struct.pack(">I", zlib.crc32(chunk))
    found = opened(tmp_path, SOUND["PNG"][:33] + whole + SOUND["PNG"][33:])
    assert found.notes == ("Its colour profile is damaged and was left out.",)


CHANGES = {
    "kind": st.sampled_from(KINDS),
    "places": st.lists(
        st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), min_size=1, max_size=6
    ),
    "near_start": st.booleans(),
}
ONE_FOLDER = [HealthCheck.function_scoped_fixture]


@settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=ONE_FOLDER)
@given(**CHANGES)
def test_whatever_is_changed_in_a_file_only_our_errors_come_out(tmp_path, kind, places, near_start):
    open_changed(tmp_path, kind, places, near_start=near_start)


@pytest.mark.soak
@settings(max_examples=30_000, deadline=None, suppress_health_check=[*HealthCheck])
@given(**CHANGES)
def test_thirty_thousand_changed_files_bring_only_our_errors(tmp_path, kind, places, near_start):
    open_changed(tmp_path, kind, places, near_start=near_start)


def open_changed(folder: Path, kind: str, places: list[tuple[float, int]], *, near_start: bool) -> None:
    """Open a sound file with some bytes changed: it is refused in a sentence, or is a picture."""
    data = bytearray(SOUND[kind])
    reach = min(len(data), 300) if near_start else len(data)
    for place, value in places:
        data[int(place * reach)] = value
    try:
        found = opened(folder, bytes(data), max_megapixels=1)
    except ModelsError:
        return
    assert found.pixels.shape[2] in (1, 3)
    assert found.pixels.dtype in (np.uint8, np.uint16, np.float32)
    pixels.save(found, folder / "out.tiff", keep_gps=True)
    assert pixels.open(folder / "out.tiff").size == found.size


def test_importing_loads_no_heavy_library() -> None:
    code = (
        "import sys, models.pixels; "
        "print([m for m in ('torch', 'tifffile', 'pillow_heif') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
