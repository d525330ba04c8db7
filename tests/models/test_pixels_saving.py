"""A file is written whole or not at all, and what hinders is said."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from models import pixels
from models.errors import CannotSaveError

NOISE = np.random.default_rng(0).integers(0, 256, (400, 400, 3), np.uint8)
PICTURE = pixels.Picture(NOISE, None, "PNG", None, None, (), "")


@pytest.mark.parametrize("name", ["a.gif", "a.heic", "a", "a.jpg.txt"])
def test_an_unknown_suffix_is_refused_with_those_there_are(tmp_path: Path, name: str) -> None:
    with pytest.raises(CannotSaveError, match=r"\.jpg, \.jpeg, \.png, \.webp, \.tif, \.tiff, \.bmp"):
        pixels.save(PICTURE, tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_suffixes_are_read_in_any_case(tmp_path: Path) -> None:
    pixels.save(PICTURE, tmp_path / "A.PNG")
    assert pixels.open(tmp_path / "A.PNG").format == "PNG"


def test_a_missing_folder_is_said(tmp_path: Path) -> None:
    with pytest.raises(CannotSaveError, match="there is no folder"):
        pixels.save(PICTURE, tmp_path / "none" / "a.png")


def test_a_folder_in_the_files_place_is_said_and_nothing_is_left(tmp_path: Path) -> None:
    (tmp_path / "a.png").mkdir()
    with pytest.raises(CannotSaveError, match=r"'a\.png' could not be written"):
        pixels.save(PICTURE, tmp_path / "a.png")
    assert list(tmp_path.iterdir()) == [tmp_path / "a.png"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_may_not_be_written_to_is_said(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(CannotSaveError, match="may not be written to"):
        pixels.save(PICTURE, tmp_path / "a.png")


def test_no_permission_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(CannotSaveError, match="may not be written to"):
        pixels.save(PICTURE, tmp_path / "a.png")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("suffix", pixels.WRITABLE)
def test_where_writing_ends_early_the_old_file_stays_and_no_half_file_is_left(
    tmp_path: Path, suffix: str
) -> None:
    """A process that may write no file above 20 kB, as on a disk that fills up."""
    path = tmp_path / f"a{suffix}"
    path.write_bytes(b"what was here before")
    code = (
        "import sys, signal, resource, numpy as np\n"
        "from models import pixels\n"
        "from models.errors import CannotSaveError\n"
        "noise = np.random.default_rng(0).integers(0, 256, (400, 400, 3), np.uint8)\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))\n"
        "try:\n"
        "    pixels.save(pixels.Picture(noise, None, 'PNG', None, None, (), ''), sys.argv[1])\n"
        "except CannotSaveError as fault:\n"
        "    print(fault)\n"
    )
    done = subprocess.run(
        [sys.executable, "-B", "-c", code, str(path)], capture_output=True, text=True, check=True
    )
    assert "file too large" in done.stdout
    assert path.read_bytes() == b"what was here before"
    assert list(tmp_path.iterdir()) == [path]


def test_a_new_file_has_the_permissions_of_any_other(tmp_path: Path) -> None:
    pixels.save(PICTURE, tmp_path / "a.png")
    (tmp_path / "plain").touch()
    assert (tmp_path / "a.png").stat().st_mode == (tmp_path / "plain").stat().st_mode


@pytest.mark.parametrize(("suffix", "side"), [(".jpg", 65_501), (".webp", 16_384)])
def test_a_side_too_long_for_the_format_is_said(tmp_path: Path, suffix: str, side: int) -> None:
    long = pixels.Picture(np.zeros((1, side, 3), np.uint8), None, "PNG", None, None, (), "")
    with pytest.raises(CannotSaveError, match="pixels a side"):
        pixels.save(long, tmp_path / f"a{suffix}")


@pytest.mark.skipif(sys.platform != "linux", reason="peak memory is read from /proc")
@pytest.mark.parametrize("suffix", [".jpg", ".png", ".tiff"])
def test_a_48_megapixel_photo_opens_in_about_two_copies(tmp_path: Path, suffix: str) -> None:
    """Peak memory of a fresh process, against one that opens a tiny photo."""
    code = (
        "import re, sys\n"
        "from pathlib import Path\n"
        "from models import pixels\n"
        "pixels.open(sys.argv[1])\n"
        "print(re.search(r'VmHWM:\\s+(\\d+) kB', Path('/proc/self/status').read_text())[1])\n"
    )
    peaks = []
    for side in (8, 6000):
        path = tmp_path / f"{side}{suffix}"
        blank = np.zeros((side, side * 4 // 3, 3), np.uint8)
        pixels.save(pixels.Picture(blank, None, "JPEG", None, None, (), ""), path)
        command = [sys.executable, "-B", "-c", code, str(path)]
        peaks.append(int(subprocess.run(command, capture_output=True, text=True, check=True).stdout))
        path.unlink()
    assert 0.9 < (peaks[1] - peaks[0]) * 1024 / (6000 * 8000 * 3) < 2.1
