"""What goes in comes out: formats × depths × modes, each file made by another library than the reader's."""

import io
from pathlib import Path
from typing import Any

import cv2
import imagecodecs
import numpy as np
import pillow_heif
import pytest
import tifffile
from numpy.typing import NDArray
from PIL import Image

from models import pixels

Array = NDArray[Any]
HEIGHT, WIDTH = 37, 53


def photo(channels: int, dtype: type = np.uint8, seed: int = 0) -> Array:
    """A smooth picture with noise that uses all bits of its depth."""
    noise = np.random.default_rng(seed).random((HEIGHT, WIDTH, channels))
    smooth = cv2.GaussianBlur(noise, (0, 0), 3).reshape(HEIGHT, WIDTH, channels)
    unit = np.clip((smooth - 0.3) / 0.4 + 0.02 * noise, 0, 1)
    if dtype is np.float32:
        return unit.astype(np.float32)
    return np.rint(unit * np.iinfo(dtype).max).astype(dtype)


def squeezed(image: Array) -> Array:
    return np.ascontiguousarray(image[..., 0]) if image.shape[2] == 1 else image


def write_png(path: Path, image: Array) -> None:
    if image.shape[2] == 2:  # OpenCV knows no grey with alpha
        path.write_bytes(imagecodecs.png_encode(image))
        return
    assert cv2.imwrite(str(path), blue_first(image))


def blue_first(image: Array) -> Array:
    """To OpenCV's order of channels, or back."""
    return image[..., {1: [0], 3: [2, 1, 0], 4: [2, 1, 0, 3]}[image.shape[2]]]


def write_tiff(path: Path, image: Array) -> None:
    extra = ["unassalpha"] if image.shape[2] in (2, 4) else None
    kind = "rgb" if image.shape[2] >= 3 else "minisblack"
    tifffile.imwrite(path, squeezed(image), photometric=kind, extrasamples=extra)


def joined(picture: pixels.Picture) -> Array:
    alpha = [] if picture.alpha is None else [picture.alpha[..., None]]
    return np.concatenate([picture.pixels, *alpha], axis=2)


LOSSLESS = [
    *((".png", dtype, channels) for dtype in (np.uint8, np.uint16) for channels in (1, 2, 3, 4)),
    *((".tiff", dtype, channels) for dtype in (np.uint8, np.uint16, np.float32) for channels in (1, 2, 3, 4)),
    *((".bmp", np.uint8, channels) for channels in (1, 3, 4)),
]


@pytest.mark.parametrize(("suffix", "dtype", "channels"), LOSSLESS)
def test_lossless_formats_keep_every_value_depth_and_alpha(
    tmp_path: Path, suffix: str, dtype: type, channels: int
) -> None:
    image, path = photo(channels, dtype), tmp_path / f"in{suffix}"
    if suffix == ".png":
        write_png(path, image)
    elif suffix == ".tiff":
        write_tiff(path, image)
    else:
        Image.fromarray(squeezed(image)).save(path) if channels < 4 else write_png(path, image)
    first = pixels.open(path)
    assert joined(first).dtype == dtype
    np.testing.assert_array_equal(joined(first), image)
    assert first.size == (HEIGHT, WIDTH)
    pixels.save(first, tmp_path / f"out{suffix}")
    second = pixels.open(tmp_path / f"out{suffix}")
    np.testing.assert_array_equal(joined(second), image)
    assert (second.format, second.notes) == (first.format, ())


@pytest.mark.parametrize(("suffix", "dtype", "channels"), LOSSLESS)
def test_other_programs_read_what_we_write(tmp_path: Path, suffix: str, dtype: type, channels: int) -> None:
    image, path = photo(channels, dtype), tmp_path / f"out{suffix}"
    alpha = image[..., -1] if channels in (2, 4) else None
    colours = image[..., :-1] if channels in (2, 4) else image
    pixels.save(pixels.Picture(colours, alpha, "PNG", None, None, (), ""), path)
    if suffix == ".tiff":
        found = tifffile.imread(path)
    elif suffix == ".png" and dtype is np.uint16 and channels != 2:
        found = blue_first(cv2.imread(str(path), cv2.IMREAD_UNCHANGED).reshape(image.shape))
    elif suffix == ".png" and dtype is np.uint16:
        found = imagecodecs.png_decode(path.read_bytes())
    else:
        found = np.asarray(Image.open(path))
    np.testing.assert_array_equal(found.reshape(image.shape), image)


@pytest.mark.parametrize("mode", ["1", "P", "L", "LA", "RGB", "RGBA", "I;16"])
@pytest.mark.parametrize("suffix", [".png", ".tiff"])
def test_pillow_reads_the_same(tmp_path: Path, mode: str, suffix: str) -> None:
    image = Image.fromarray(photo(3))
    if mode == "I;16":
        image = Image.fromarray(squeezed(photo(1, np.uint16)))
    elif mode == "P":
        image = image.convert("P", palette=Image.Palette.ADAPTIVE, colors=16)
    else:
        image = image.convert(mode)
    image.save(tmp_path / f"in{suffix}")
    shown = {"1": "L", "P": "RGB"}.get(mode, mode)
    expected = np.asarray(image.convert(shown) if shown != mode else image)
    np.testing.assert_array_equal(
        joined(pixels.open(tmp_path / f"in{suffix}")).reshape(expected.shape), expected
    )


def test_transparent_palette_and_key_colour_become_alpha(tmp_path: Path) -> None:
    image = Image.fromarray(photo(3)).convert("P", palette=Image.Palette.ADAPTIVE, colors=8)
    image.save(tmp_path / "palette.png", transparency=bytes([0, 128, 255]))
    picture = pixels.open(tmp_path / "palette.png")
    np.testing.assert_array_equal(
        joined(picture), np.asarray(Image.open(tmp_path / "palette.png").convert("RGBA"))
    )
    grey = Image.fromarray(squeezed(photo(1)))
    grey.save(tmp_path / "key.png", transparency=int(np.asarray(grey)[0, 0]))
    alpha = pixels.open(tmp_path / "key.png").alpha
    assert alpha is not None
    np.testing.assert_array_equal(alpha == 0, np.asarray(grey) == np.asarray(grey)[0, 0])


@pytest.mark.parametrize("progressive", [False, True])
@pytest.mark.parametrize("channels", [1, 3])
def test_jpeg_is_decoded_as_by_pillow_and_saved_without_subsampling(
    tmp_path: Path,
    progressive: bool,  # noqa: FBT001 - pytest passes by name
    channels: int,
) -> None:
    path = tmp_path / "in.jpg"
    Image.fromarray(squeezed(photo(channels))).save(path, quality=90, progressive=progressive)
    picture = pixels.open(path)
    assert (picture.format, pixels.suffix_for(picture)) == ("JPEG", ".jpg")
    np.testing.assert_array_equal(squeezed(picture.pixels), np.asarray(Image.open(path)))
    pixels.save(picture, tmp_path / "out.jpg")
    with Image.open(tmp_path / "out.jpg") as again:
        assert again.mode == ("L" if channels == 1 else "RGB")
        assert {(h, v) for _, h, v, _ in again.layer} == {(1, 1)}  # type: ignore[attr-defined]
    difference = joined(pixels.open(tmp_path / "out.jpg")).astype(int) - joined(picture)
    assert np.abs(difference).mean() < 2


def test_jpeg_quality_is_obeyed(tmp_path: Path) -> None:
    picture = pixels.Picture(photo(3), None, "JPEG", None, None, (), "")
    sizes = []
    for quality in (50, 95):
        pixels.save(picture, tmp_path / "out.jpg", quality=quality)
        sizes.append((tmp_path / "out.jpg").stat().st_size)
    assert sizes[0] < 0.7 * sizes[1]


def test_transparent_pictures_become_white_in_jpeg(tmp_path: Path) -> None:
    alpha = np.zeros((HEIGHT, WIDTH), np.uint8)
    pixels.save(pixels.Picture(photo(3), alpha, "PNG", None, None, (), ""), tmp_path / "out.jpg")
    assert pixels.open(tmp_path / "out.jpg").pixels.min() >= 254


@pytest.mark.parametrize("channels", [3, 4])
def test_webp_keeps_alpha_and_colours(tmp_path: Path, channels: int) -> None:
    Image.fromarray(photo(channels)).save(tmp_path / "in.webp", lossless=True, exact=True)
    picture = pixels.open(tmp_path / "in.webp")
    np.testing.assert_array_equal(joined(picture), photo(channels))
    pixels.save(picture, tmp_path / "out.webp")
    again = pixels.open(tmp_path / "out.webp")
    assert again.format == "WEBP"
    assert np.abs(joined(again).astype(int) - joined(picture)).mean() < 8
    if picture.alpha is not None:
        np.testing.assert_array_equal(again.alpha, picture.alpha)


@pytest.mark.parametrize("suffix", [".webp", ".bmp"])
def test_grey_with_alpha_is_saved_where_the_format_knows_colour_only(tmp_path: Path, suffix: str) -> None:
    image = photo(2)
    pixels.save(
        pixels.Picture(image[..., :1], image[..., 1], "PNG", None, None, (), ""), tmp_path / f"a{suffix}"
    )
    again = pixels.open(tmp_path / f"a{suffix}")
    np.testing.assert_array_equal(again.alpha, image[..., 1])
    assert again.pixels.shape[2] == 3


def test_heic_of_8_bits_is_read_as_8_and_of_10_as_16(tmp_path: Path) -> None:
    pillow_heif.from_pillow(Image.fromarray(photo(3))).save(tmp_path / "in.heic", quality=-1)
    picture = pixels.open(tmp_path / "in.heic")
    assert (picture.format, picture.pixels.dtype, pixels.suffix_for(picture)) == ("HEIF", np.uint8, ".png")
    assert np.abs(picture.pixels.astype(int) - photo(3)).mean() < 6
    deep = photo(3, np.uint16)
    pillow_heif.from_bytes("RGB;16", (WIDTH, HEIGHT), deep.tobytes()).save(tmp_path / "deep.heic", quality=-1)
    picture = pixels.open(tmp_path / "deep.heic")
    assert picture.pixels.dtype == np.uint16
    assert np.abs(picture.pixels.astype(int) - deep).mean() < 6 * 257


def test_avif_is_read_and_more_than_8_bits_are_noted(tmp_path: Path) -> None:
    Image.fromarray(photo(4)).save(tmp_path / "in.avif", quality=95)
    picture = pixels.open(tmp_path / "in.avif")
    assert (picture.format, picture.notes, pixels.suffix_for(picture)) == ("AVIF", (), ".png")
    assert picture.alpha is not None
    assert np.abs(picture.pixels.astype(int) - photo(4)[..., :3]).mean() < 6
    flags = [cv2.IMWRITE_AVIF_DEPTH, 10]
    assert cv2.imwrite(str(tmp_path / "deep.avif"), photo(3, np.uint16) >> 6, flags)
    picture = pixels.open(tmp_path / "deep.avif")
    assert picture.pixels.dtype == np.uint8
    assert picture.notes == ("This AVIF has more than 8 bits per channel; it was read as 8.",)


@pytest.mark.parametrize("suffix", [".gif", ".webp", ".png"])
def test_of_an_animation_the_first_frame_is_taken_and_that_is_said(tmp_path: Path, suffix: str) -> None:
    frames = [Image.fromarray(photo(3, seed=seed)).quantize(32).convert("RGB") for seed in range(3)]
    path = tmp_path / f"in{suffix}"
    frames[0].save(
        path, save_all=True, append_images=frames[1:], **({"lossless": True} if suffix == ".webp" else {})
    )
    picture = pixels.open(path)
    assert len(picture.notes) == 1
    assert "animation of 3 frames" in picture.notes[0]
    np.testing.assert_array_equal(picture.pixels, np.asarray(frames[0]))


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".webp", ".bmp"])
def test_deep_pictures_are_rounded_for_formats_of_8_bits(tmp_path: Path, suffix: str) -> None:
    values = np.linspace(0, 1, HEIGHT * WIDTH, dtype=np.float32).reshape(HEIGHT, WIDTH, 1)
    expected = np.rint(values * 255)
    for image in (values, np.rint(values * 65535).astype(np.uint16)):
        pixels.save(
            pixels.Picture(image, None, "TIFF", None, None, (), ""), tmp_path / f"out{suffix}", quality=100
        )
        found = pixels.open(tmp_path / f"out{suffix}").pixels[..., :1].astype(float)
        if suffix == ".png":
            found = np.rint(found / 257)
        assert np.abs(found - expected).max() <= (1 if suffix in (".png", ".bmp") else 4)


@pytest.mark.parametrize("size", [(1, 1), (1, 5000), (5000, 1)])
@pytest.mark.parametrize("suffix", [".png", ".tiff", ".bmp", ".jpg", ".webp"])
def test_tiny_and_thin_pictures_work(tmp_path: Path, size: tuple[int, int], suffix: str) -> None:
    image = np.random.default_rng(0).integers(0, 256, (*size, 3), np.uint8)
    pixels.save(pixels.Picture(image, None, "PNG", None, None, (), ""), tmp_path / f"a{suffix}")
    picture = pixels.open(tmp_path / f"a{suffix}")
    assert picture.size == size
    if suffix in (".png", ".tiff", ".bmp"):
        np.testing.assert_array_equal(picture.pixels, image)


@pytest.mark.parametrize("suffix", [".png", ".tiff", ".bmp", ".jpg", ".webp"])
def test_a_strip_cut_out_of_a_picture_is_saved_right(tmp_path: Path, suffix: str) -> None:
    """A side of one pixel may leave NumPy arrays with odd strides."""
    for image in (photo(3)[:, 7:8], photo(3)[5:6], photo(3)[:1].swapaxes(0, 1), photo(1)[:, 3:4]):
        pixels.save(
            pixels.Picture(image, None, "PNG", None, None, (), ""), tmp_path / f"a{suffix}", quality=100
        )
        found = pixels.open(tmp_path / f"a{suffix}").pixels[..., : image.shape[2]]
        assert np.abs(found.astype(int) - image).max() <= (0 if suffix in (".png", ".tiff", ".bmp") else 30)


@pytest.mark.parametrize(
    ("image", "options"),
    [
        (photo(3, np.uint16), {"compression": "zlib", "predictor": True, "photometric": "rgb"}),
        (photo(3, np.uint16), {"planarconfig": "separate", "photometric": "rgb"}),
        (photo(3, np.uint16), {"byteorder": ">", "photometric": "rgb"}),
        (photo(3, np.uint16), {"bigtiff": True, "photometric": "rgb"}),
        (photo(3, np.float32), {"tile": (16, 16), "compression": "lzw", "photometric": "rgb"}),
        (photo(3), {"compression": "lzw", "photometric": "rgb"}),
    ],
    ids=["deflated", "planar", "big-endian", "bigtiff", "tiled-float", "lzw"],
)
def test_tiff_layouts_are_read(tmp_path: Path, image: Array, options: dict[str, Any]) -> None:
    separate = options.get("planarconfig") == "separate"
    tifffile.imwrite(tmp_path / "a.tif", np.moveaxis(image, -1, 0) if separate else image, **options)
    np.testing.assert_array_equal(pixels.open(tmp_path / "a.tif").pixels, image)


def test_jpeg_in_tiff_is_read(tmp_path: Path) -> None:
    tifffile.imwrite(
        tmp_path / "a.tif", photo(3), compression="jpeg", compressionargs={"level": 97}, photometric="rgb"
    )
    assert np.abs(pixels.open(tmp_path / "a.tif").pixels.astype(int) - photo(3)).mean() < 6


def test_inverted_grey_tiff_is_turned_over(tmp_path: Path) -> None:
    tifffile.imwrite(tmp_path / "a.tif", 65535 - squeezed(photo(1, np.uint16)), photometric="miniswhite")
    np.testing.assert_array_equal(pixels.open(tmp_path / "a.tif").pixels, photo(1, np.uint16))


def test_premultiplied_alpha_is_taken_out(tmp_path: Path) -> None:
    image = np.full((4, 4, 4), 100, np.uint8)
    image[..., 3] = 200
    tifffile.imwrite(tmp_path / "a.tif", image, photometric="rgb", extrasamples=["assocalpha"])
    assert pixels.open(tmp_path / "a.tif").pixels[0, 0].tolist() == [128, 128, 128]


def test_several_pages_are_noted(tmp_path: Path) -> None:
    tifffile.imwrite(tmp_path / "a.tif", np.stack([photo(3), photo(3, seed=1)]), photometric="rgb")
    picture = pixels.open(tmp_path / "a.tif")
    assert picture.notes == ("It has 2 pages; only the first one is used.",)
    np.testing.assert_array_equal(picture.pixels, photo(3))


@pytest.mark.parametrize("dtype", [np.uint32, np.int32, np.int16, np.float64, np.float16])
def test_numbers_of_no_agreed_range_are_divided_by_their_largest(tmp_path: Path, dtype: type) -> None:
    low, high = (0, 4e9) if dtype is np.uint32 else (-5, 1000)
    values = np.linspace(low, high, 300).reshape(15, 20).astype(dtype)
    tifffile.imwrite(tmp_path / "a.tif", values)
    picture = pixels.open(tmp_path / "a.tif")
    expected = np.clip(values.astype(np.float64) / float(values.max()), 0, 1)
    assert picture.pixels.dtype == np.float32
    np.testing.assert_allclose(picture.pixels[..., 0], expected, atol=1e-6)
    assert "divided by" in picture.notes[0]


def test_doubles_within_range_stay_as_they_are(tmp_path: Path) -> None:
    values = photo(1, np.float32).astype(np.float64)
    tifffile.imwrite(tmp_path / "a.tif", squeezed(values))
    picture = pixels.open(tmp_path / "a.tif")
    np.testing.assert_array_equal(picture.pixels, values.astype(np.float32))
    assert picture.notes == ()


def test_the_format_is_told_by_content_and_not_by_name(tmp_path: Path) -> None:
    Image.fromarray(photo(3)).save(tmp_path / "a.png")
    (tmp_path / "a.png").rename(tmp_path / "a.jpg")
    assert pixels.open(tmp_path / "a.jpg").format == "PNG"


def test_the_hash_is_of_the_files_bytes(tmp_path: Path) -> None:
    (tmp_path / "a.bmp").write_bytes(bmp := _bmp())
    from hashlib import sha256

    assert pixels.open(str(tmp_path / "a.bmp")).sha256 == sha256(bmp).hexdigest()


def test_other_pixels_take_alpha_along_at_their_depth() -> None:
    picture = pixels.Picture(photo(3), photo(1)[..., 0], "PNG", None, None, (), "")
    changed = pixels.with_pixels(picture, photo(3, np.float32))
    assert changed.alpha is not None
    np.testing.assert_allclose(changed.alpha, photo(1)[..., 0] / 255, atol=1e-6)


def _bmp() -> bytes:
    file = io.BytesIO()
    Image.fromarray(photo(3)).save(file, "BMP")
    return file.getvalue()
