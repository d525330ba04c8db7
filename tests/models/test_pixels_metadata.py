"""Orientation, EXIF, the place, colour profiles: what must come back and what must not."""

import io
import struct
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pillow_heif
import pytest
import tifffile
from numpy.typing import NDArray
from PIL import Image, ImageCms, ImageOps

from models import pixels
from models.method import Window
from models.pixels import exif as exif_block

DETAILS, GPS, PLACE = 0x8769, 0x8825, ((51.0, 30.0, 26.0), (0.0, 7.0, 39.0))
CARRIERS = [".jpg", ".png", ".webp", ".tiff"]


def photo(height: int = 24, width: int = 40) -> Image.Image:
    ramp = np.linspace(0, 255, height * width * 3).reshape(height, width, 3)
    return Image.fromarray(ramp.astype(np.uint8))


def exif(orientation: int = 1, *, place: bool = True, endian: str = "<") -> bytes:
    """An EXIF block as cameras write: maker, time, maker's note, place."""
    tags = Image.Exif()
    tags.endian = endian
    tags[271], tags[272], tags[274], tags[315] = "Maker & Sons", "Camera 7", orientation, "Ann Author"
    tags.get_ifd(DETAILS).update({0x9003: "2024:05:06 07:08:09", 0x829A: 0.004, 0x927C: bytes(range(200))})
    if place:
        tags.get_ifd(GPS).update({1: "N", 2: PLACE[0], 3: "W", 4: PLACE[1], 29: "2024:05:06"})
    return tags.tobytes()


def read_exif(picture: pixels.Picture) -> Image.Exif:
    assert picture.exif is not None
    tags = Image.Exif()
    tags.load(picture.exif)
    return tags


def profile(primaries: list[tuple[float, float, float]], gamma: float = 2.2, space: bytes = b"RGB ") -> bytes:
    """Build a version 2 profile of three primaries (XYZ at D50) and a gamma, or of grey and a gamma."""
    numbers = [round(value * 65536) for value in (0.9642, 1.0, 0.8249)]
    curve = b"curv" + struct.pack(">IIHxx", 0, 1, round(gamma * 256))
    text = b"made for a test\0"
    tags = [
        (b"desc", b"desc" + struct.pack(">II", 0, len(text)) + text + bytes(78)),
        (b"wtpt", b"XYZ " + struct.pack(">Iiii", 0, *numbers)),
        (b"cprt", b"text" + bytes(4) + text),
    ]
    names = (b"rXYZ", b"gXYZ", b"bXYZ")
    for name, colour in zip(names, primaries, strict=False):
        tags.append((name, b"XYZ " + struct.pack(">Iiii", 0, *(round(v * 65536) for v in colour))))
    tags.extend((name, curve) for name in ((b"kTRC",) if space == b"GRAY" else (b"rTRC", b"gTRC", b"bTRC")))
    return icc_file(tags, space, b"XYZ ", b"mntr")


def icc_file(tags: list[tuple[bytes, bytes]], space: bytes, connection: bytes, device: bytes) -> bytes:
    table, body, start = struct.pack(">I", len(tags)), b"", 128 + 4 + 12 * len(tags)
    for name, content in tags:
        table += name + struct.pack(">II", start + len(body), len(content))
        body += content + b"\0" * (-len(content) % 4)
    head = struct.pack(">I4sI4s4s4s", 0, b"\0\0\0\0", 0x02400000, device, space, connection)
    head += struct.pack(">6H4s", 2024, 1, 1, 0, 0, 0, b"acsp") + bytes(28)
    head += struct.pack(">iii", 63190, 65536, 54061) + bytes(48)
    whole = head + table + body
    return struct.pack(">I", len(whole)) + whole[4:]


DISPLAY_P3 = profile([(0.51512, 0.24120, -0.00105), (0.29198, 0.69225, 0.04189), (0.15710, 0.06657, 0.78407)])
GREY = profile([], 1.0, b"GRAY")


def ink_profile() -> bytes:
    """A CMYK profile whose black ink alone counts: the others leave white paper white."""
    grid = [[255 * (1 - (corner & 1)), 128, 128] for corner in range(16)]
    identity = bytes(range(256))
    lut = b"mft1" + bytes(4) + bytes([4, 3, 2, 0]) + struct.pack(">9i", *np.eye(3, dtype=int).ravel() * 65536)
    lut += identity * 4 + bytes(value for colour in grid for value in colour) + identity * 3
    text = b"desc" + struct.pack(">II", 0, 5) + b"inks\0" + bytes(78)
    return icc_file(
        [(b"desc", text), (b"A2B0", lut), (b"cprt", b"text\0\0\0\0x\0")], b"CMYK", b"Lab ", b"prtr"
    )


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("suffix", CARRIERS)
def test_every_orientation_is_applied_and_reset(tmp_path: Path, orientation: int, suffix: str) -> None:
    path = tmp_path / f"in{suffix}"
    options: dict[str, Any] = {"lossless": True} if suffix == ".webp" else {}
    photo().save(path, exif=exif(orientation), **options)
    picture = pixels.open(path)
    with Image.open(path) as raw:
        np.testing.assert_array_equal(picture.pixels, np.asarray(ImageOps.exif_transpose(raw)))
    assert read_exif(picture)[274] == 1
    pixels.save(picture, tmp_path / f"out{suffix}")
    again = pixels.open(tmp_path / f"out{suffix}")
    assert again.size == picture.size
    with Image.open(tmp_path / f"out{suffix}") as raw:
        assert raw.getexif()[274] == 1


def test_heic_is_turned_once_only(tmp_path: Path) -> None:
    """libheif turns it; its EXIF still says that it should be."""
    pillow_heif.from_pillow(photo()).save(tmp_path / "in.heic", exif=exif(6), quality=-1)
    picture = pixels.open(tmp_path / "in.heic")
    assert picture.size == (40, 24)
    expected = np.rot90(np.asarray(photo()), -1).astype(int)
    assert np.abs(picture.pixels - expected).mean() < 6
    assert read_exif(picture)[274] == 1


@pytest.mark.parametrize("endian", ["<", ">"])
@pytest.mark.parametrize("suffix_out", CARRIERS)
@pytest.mark.parametrize("suffix_in", CARRIERS)
@pytest.mark.parametrize("keep", [False, True])
def test_exif_comes_back_and_the_place_only_on_request(
    tmp_path: Path,
    endian: str,
    suffix_in: str,
    suffix_out: str,
    keep: bool,  # noqa: FBT001 - pytest passes by name
) -> None:
    photo().save(tmp_path / f"in{suffix_in}", exif=exif(3, endian=endian))
    first = pixels.open(tmp_path / f"in{suffix_in}")
    pixels.save(first, tmp_path / f"out{suffix_out}", keep_gps=keep)
    tags = read_exif(pixels.open(tmp_path / f"out{suffix_out}"))
    with Image.open(tmp_path / f"out{suffix_out}") as other:
        for found in (tags, other.getexif()):
            assert (found[271], found[272], found[315]) == ("Maker & Sons", "Camera 7", "Ann Author")
            details = found.get_ifd(DETAILS)
            assert details[0x9003] == "2024:05:06 07:08:09"
            assert float(details[0x829A]) == pytest.approx(0.004)
            assert details[0x927C] == bytes(range(200))
            place = found.get_ifd(GPS)
            assert bool(place) == keep
            if keep:
                assert (tuple(map(float, place[2])), place[3]) == (PLACE[0], "W")


@pytest.mark.parametrize("suffix", CARRIERS)
def test_the_bytes_of_the_place_are_gone_and_not_only_unlinked(tmp_path: Path, suffix: str) -> None:
    photo().save(tmp_path / "in.jpg", exif=exif())
    pixels.save(pixels.open(tmp_path / "in.jpg"), tmp_path / f"out{suffix}")
    degrees = struct.pack("<6I", 51, 1, 30, 1, 26, 1)
    assert degrees in (tmp_path / "in.jpg").read_bytes()
    assert degrees not in (tmp_path / f"out{suffix}").read_bytes()


def test_the_old_thumbnail_is_taken_out(tmp_path: Path) -> None:
    thumbnail = b"\xff\xd8 a small view of the photo as it was \xff\xd9"
    first = exif(6).removeprefix(b"Exif\0\0")
    at = len(first) + len(first) % 2
    entries = struct.pack("<HHIIHHIII", 0x201, 4, 1, at + 30, 0x202, 4, 1, len(thumbnail), 0)
    block = first.ljust(at, b"\0") + struct.pack("<H", 2) + entries + thumbnail
    held = struct.unpack_from("<H", block, 8)[0]
    linked = block[: 10 + 12 * held] + struct.pack("<I", at) + block[14 + 12 * held :]
    photo().save(tmp_path / "in.jpg", exif=b"Exif\0\0" + linked)
    picture = pixels.open(tmp_path / "in.jpg")
    assert picture.exif is not None
    assert b"small view" not in picture.exif
    assert read_exif(picture)[271] == "Maker & Sons"


def test_exif_that_lacks_everything_is_kept_as_it_is() -> None:
    block, orientation = exif_block.settle(b"II*\0\x08\0\0\0" + bytes(6))
    assert (block, orientation) == (b"II*\0\x08\0\0\0" + bytes(6), 1)
    assert exif_block.without_gps(block) == block


@pytest.mark.parametrize("cut", range(0, 400, 7))
def test_exif_cut_off_anywhere_is_a_value_error_or_fine(cut: int) -> None:
    for change in (exif_block.settle, exif_block.without_gps):
        try:
            change(exif().removeprefix(b"Exif\0\0")[:cut])
        except ValueError:
            continue


def test_tags_of_a_camera_tiff_are_carried_over(tmp_path: Path) -> None:
    image = np.zeros((9, 9, 3), np.uint16)
    words = {"description": "A wall", "software": "Scanner 3", "metadata": None}
    tifffile.imwrite(tmp_path / "in.tif", image, photometric="rgb", **words)
    pixels.save(pixels.open(tmp_path / "in.tif"), tmp_path / "out.png")
    tags = read_exif(pixels.open(tmp_path / "out.png"))
    assert (tags[270], tags[305]) == ("A wall", "Scanner 3")


@pytest.mark.parametrize("suffix", CARRIERS)
@pytest.mark.parametrize("size", [0, 200_000])
def test_the_colour_profile_comes_back_byte_for_byte(tmp_path: Path, suffix: str, size: int) -> None:
    """Also one of several JPEG segments."""
    icc = DISPLAY_P3 + np.random.default_rng(0).bytes(size)
    icc = struct.pack(">I", len(icc)) + icc[4:]
    photo().save(tmp_path / f"in{suffix}", icc_profile=icc)
    picture = pixels.open(tmp_path / f"in{suffix}")
    assert (picture.icc, picture.notes) == (icc, ())
    pixels.save(picture, tmp_path / f"out{suffix}")
    assert pixels.open(tmp_path / f"out{suffix}").icc == icc
    with Image.open(tmp_path / f"out{suffix}") as other:
        assert other.info["icc_profile"] == icc


def test_deep_files_keep_profile_and_exif(tmp_path: Path) -> None:
    image = np.random.default_rng(0).integers(0, 65536, (9, 12, 3), np.uint16)
    block = exif().removeprefix(b"Exif\0\0")
    for suffix in (".png", ".tiff"):
        picture = pixels.Picture(image, None, "PNG", DISPLAY_P3, block, (), "")
        pixels.save(picture, tmp_path / f"a{suffix}")
        again = pixels.open(tmp_path / f"a{suffix}")
        assert again.icc == DISPLAY_P3
        assert read_exif(again)[272] == "Camera 7"
        np.testing.assert_array_equal(again.pixels, image)


def test_a_grey_profile_is_not_given_to_a_picture_that_became_colour(tmp_path: Path) -> None:
    photo().convert("L").save(tmp_path / "in.png", icc_profile=GREY)
    picture = pixels.open(tmp_path / "in.png")
    assert picture.icc == GREY
    coloured = pixels.with_pixels(picture, np.repeat(picture.pixels, 3, axis=2))
    pixels.save(coloured, tmp_path / "colour.png")
    assert pixels.open(tmp_path / "colour.png").icc is None
    pixels.save(picture, tmp_path / "grey.png")
    assert pixels.open(tmp_path / "grey.png").icc == GREY


@pytest.mark.parametrize("suffix", CARRIERS)
def test_a_models_work_is_declared_in_iptcs_words_only_where_asked(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    picture = pixels.Picture(np.asarray(photo()), None, "PNG", DISPLAY_P3, None, (), "")
    pixels.save(picture, path)
    assert b"DigitalSourceType" not in path.read_bytes()
    pixels.save(picture, path, source=pixels.Source.PARTLY_MODEL)
    with Image.open(path) as other:
        packet = other.info.get("xmp") or other.info.get("XML:com.adobe.xmp")
        found = packet.encode() if isinstance(packet, str) else packet
    assert found is not None
    term = b"http://cv.iptc.org/newscodes/digitalsourcetype/compositeWithTrainedAlgorithmicMedia"
    assert b"<Iptc4xmpExt:DigitalSourceType>" + term + b"</" in found
    assert pixels.open(path).icc == DISPLAY_P3


@pytest.mark.parametrize("suffix", [".jpg", ".tiff"])
def test_cmyk_becomes_srgb_by_its_profile(tmp_path: Path, suffix: str) -> None:
    inks = np.zeros((20, 20, 4), np.uint8)
    inks[:10, :, :3], inks[10:, :, 3] = 255, 255
    Image.fromarray(inks, "CMYK").save(tmp_path / f"in{suffix}", icc_profile=ink_profile())
    picture = pixels.open(tmp_path / f"in{suffix}")
    assert picture.notes == ("It was in CMYK and became sRGB by its own colour profile.",)
    assert picture.icc is None
    assert picture.pixels[:8].min() > 245
    assert picture.pixels[12:].max() < 10


@pytest.mark.parametrize("suffix", [".jpg", ".tiff"])
def test_cmyk_without_a_profile_is_converted_plainly_and_that_is_said(tmp_path: Path, suffix: str) -> None:
    image = photo().convert("CMYK")
    image.save(tmp_path / f"in{suffix}", **({"quality": 100} if suffix == ".jpg" else {}))
    picture = pixels.open(tmp_path / f"in{suffix}")
    assert "approximate" in picture.notes[0]
    assert np.abs(picture.pixels.astype(int) - np.asarray(image.convert("RGB"))).max() <= 8


def test_cmyk_of_16_bits_is_read_at_8(tmp_path: Path) -> None:
    inks = np.asarray(photo().convert("CMYK"))
    tifffile.imwrite(tmp_path / "a.tif", inks.astype(np.uint16) * 257, photometric="separated")
    tifffile.imwrite(tmp_path / "b.tif", inks, photometric="separated")
    deep, plain = pixels.open(tmp_path / "a.tif"), pixels.open(tmp_path / "b.tif")
    np.testing.assert_array_equal(deep.pixels, plain.pixels)
    assert len(deep.notes) == len(plain.notes) + 1


def test_cielab_becomes_srgb(tmp_path: Path) -> None:
    srgb, lab = ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB")
    image = ImageCms.profileToProfile(photo(), srgb, lab, outputMode="LAB")
    assert image is not None
    image.save(tmp_path / "a.tif")
    picture = pixels.open(tmp_path / "a.tif")
    assert np.abs(picture.pixels.astype(int) - np.asarray(photo())).mean() < 2
    assert "CIELAB" in picture.notes[0]


def preview(picture: pixels.Picture, folder: Path) -> NDArray[Any]:
    return np.asarray(Image.open(pixels.save_preview(picture, folder / "preview")))


def patches(icc: bytes | None, channels: int = 3) -> pixels.Picture:
    levels = np.arange(0, 256, 5, dtype=np.uint8)
    image = np.stack([levels, levels[::-1], np.roll(levels, 9)], axis=-1)[None].repeat(4, axis=0)
    return pixels.Picture(np.ascontiguousarray(image[..., :channels]), None, "PNG", icc, None, (), "")


def test_a_preview_of_display_p3_is_in_srgb_and_the_file_is_not(tmp_path: Path) -> None:
    """P3's green (0, 200, 0) is beyond sRGB's: its sRGB red is clipped at 0, its green is brighter."""
    green = np.zeros((4, 4, 3), np.uint8)
    green[..., 1] = 200
    picture = pixels.Picture(green, None, "PNG", DISPLAY_P3, None, (), "")
    shown = preview(picture, tmp_path)[0, 0]
    assert shown[0] == 0
    assert shown[1] > 203
    pixels.save(picture, tmp_path / "file.png")
    assert pixels.open(tmp_path / "file.png").pixels[0, 0].tolist() == [0, 200, 0]


@pytest.mark.parametrize(
    "icc",
    [
        None,
        b"broken" * 99,
        DISPLAY_P3[:300],
        ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes(),
    ],
)
def test_without_a_profile_of_use_or_in_srgb_a_preview_is_exact(tmp_path: Path, icc: bytes | None) -> None:
    np.testing.assert_array_equal(preview(patches(icc), tmp_path), patches(None).pixels)


def test_a_profile_made_for_other_channels_does_not_fail_a_preview(tmp_path: Path) -> None:
    for icc in (GREY, ink_profile()):
        np.testing.assert_array_equal(preview(patches(icc), tmp_path), patches(None).pixels)


def test_a_grey_profile_is_applied_in_a_preview(tmp_path: Path) -> None:
    """Linear grey 128 is sRGB 188."""
    grey = pixels.Picture(np.full((4, 4, 1), 128, np.uint8), None, "PNG", GREY, None, (), "")
    assert np.abs(preview(grey, tmp_path).astype(int) - 188).max() <= 1


def test_a_crop_is_the_pixels_themselves_in_srgb(tmp_path: Path) -> None:
    image = np.random.default_rng(0).integers(0, 65536, (50, 60, 3), np.uint16)
    picture = pixels.Picture(image, image[..., 0], "PNG", None, None, (), "")
    pixels.crop_preview(picture, Window(10, 20, 30, 25), tmp_path / "crop.png")
    found = np.asarray(Image.open(tmp_path / "crop.png"))
    np.testing.assert_array_equal(found[..., :3], np.rint(image[10:40, 20:45] / 257))
    assert found.shape == (30, 25, 4)


def test_a_crop_at_the_edge_ends_there(tmp_path: Path) -> None:
    pixels.crop_preview(patches(None), Window(-2, 40, 5, 99), tmp_path / "crop.png")
    with Image.open(tmp_path / "crop.png") as shown:
        assert shown.size == (12, 3)


def test_small_previews_are_lossless_and_large_ones_light(tmp_path: Path) -> None:
    noise: Callable[..., Any] = np.random.default_rng(0).integers
    small = pixels.Picture(noise(0, 256, (1000, 1500, 3), np.uint8), None, "JPEG", None, None, (), "")
    path = pixels.save_preview(small, tmp_path / "a.b")
    assert path == tmp_path / "a.b.png"
    np.testing.assert_array_equal(np.asarray(Image.open(path)), small.pixels)
    large = pixels.Picture(noise(0, 256, (1600, 1600, 3), np.uint8), None, "JPEG", None, None, (), "")
    path = pixels.save_preview(large, tmp_path / "large")
    assert path == tmp_path / "large.jpg"
    assert path.stat().st_size <= 2_000_000
    with Image.open(path) as shown:
        assert max(shown.size) <= 1600
        assert shown.size[0] == shown.size[1]


def test_a_large_preview_keeps_alpha_and_shape(tmp_path: Path) -> None:
    alpha = np.zeros((1000, 2000), np.uint8)
    alpha[:, 1000:] = 255
    image = np.full((1000, 2000, 1), 90, np.uint8)
    shown = preview(pixels.Picture(image, alpha, "PNG", None, None, (), ""), tmp_path)
    assert shown.shape == (800, 1600, 4)
    assert (shown[400, 100, 3], shown[400, 1500, 3]) == (0, 255)


def test_a_very_thin_large_picture_has_a_preview(tmp_path: Path) -> None:
    image = np.zeros((2, 900_000, 3), np.uint8)
    assert preview(pixels.Picture(image, None, "PNG", None, None, (), ""), tmp_path).shape == (1, 1600, 3)


def test_orientations_differ_from_each_other() -> None:
    """The eight expected pictures of the first test are eight different ones."""
    turned = []
    for orientation in range(1, 9):
        file = io.BytesIO()
        photo().save(file, "PNG", exif=exif(orientation))
        with Image.open(file) as raw:
            turned.append(np.asarray(ImageOps.exif_transpose(raw)).tobytes())
    assert all(first != second for first, second in pairwise(sorted(turned)))
