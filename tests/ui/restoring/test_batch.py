import zipfile
from pathlib import Path

import numpy as np
import pytest

import models
from models import pixels
from models.errors import BadSettingError, StoppedError, UnknownModelError
from models.order import Order
from models.runner import never
from ui.errors import StorageError
from ui.restoring.batch import Batch, restore_all


def photo(path: Path, level: int) -> Path:
    path.parent.mkdir(exist_ok=True)
    pixels.save(pixels.from_array(np.full((20, 30, 3), level, np.uint8)), path)
    return path


def run(photos: list[Path], folder: Path, model="denoise-median", settings=None, **changed) -> Batch:
    folder.mkdir(exist_ok=True)
    call = {
        "order": Order(model=model, settings=settings or {"size": 3}),
        "max_megapixels": 1.0,
        "progress": lambda _share, _name: None,
        "stop": never,
        **changed,
    }
    return restore_all(photos, folder=folder, **call)


def level(bundle: zipfile.ZipFile, name: str, folder: Path) -> int:
    return int(pixels.open(Path(bundle.extract(name, folder))).pixels.max())


def test_equal_names_do_not_collide(tmp_path):
    photos = [photo(tmp_path / "one" / "a.png", 10), photo(tmp_path / "two" / "a.png", 20)]
    batch = run(photos, tmp_path / "out")
    with zipfile.ZipFile(batch.archive) as bundle:
        assert bundle.namelist() == ["001-a.png", "002-a.png"]
        assert [level(bundle, name, tmp_path) for name in bundle.namelist()] == [10, 20]
    assert (batch.done, batch.failed) == (2, ())


def test_results_are_those_of_a_single_run(tmp_path, noisy):
    batch = run([noisy], tmp_path / "out", settings={"size": 5})
    with zipfile.ZipFile(batch.archive) as bundle:
        found = pixels.open(Path(bundle.extract("001-noisy.png", tmp_path))).pixels
    expected = models.restore("denoise-median", noisy, {"size": 5}).picture.pixels
    np.testing.assert_array_equal(found, expected)


def test_a_bad_photo_is_named_and_the_rest_are_done(tmp_path):
    bad, empty = tmp_path / "bad.png", tmp_path / "empty.jpg"
    bad.write_bytes(b"\x89PNG\r\n\x1a\n" + b"junk" * 10)
    empty.write_bytes(b"")
    large = tmp_path / "large.png"
    pixels.save(pixels.from_array(np.zeros((1001, 1000, 3), np.uint8)), large)
    batch = run([bad, photo(tmp_path / "good.png", 30), empty, large], tmp_path / "out")
    with zipfile.ZipFile(batch.archive) as bundle:
        assert bundle.namelist() == ["002-good.png"]
    assert batch.done == 1
    assert [sentence.split(":")[0] for sentence in batch.failed] == ["bad.png", "empty.jpg", "large.png"]
    assert all(sentence.endswith(".") for sentence in batch.failed)


def test_only_the_archive_stays_in_the_folder(tmp_path):
    batch = run([photo(tmp_path / "a.png", 1)], tmp_path / "out")
    assert list((tmp_path / "out").iterdir()) == [batch.archive]


def test_progress_counts_the_photos(tmp_path):
    seen: list[tuple[float, str]] = []
    photos = [photo(tmp_path / f"{number}.png", number) for number in range(4)]
    run(photos, tmp_path / "out", progress=lambda share, name: seen.append((share, name)))
    assert seen == [(0, "0.png"), (0.25, "1.png"), (0.5, "2.png"), (0.75, "3.png")]


def test_stop_ends_the_whole_batch(tmp_path):
    seen: list[str] = []
    photos = [photo(tmp_path / f"{number}.png", number) for number in range(4)]
    with pytest.raises(StoppedError):
        run(
            photos,
            tmp_path / "out",
            progress=lambda _share, name: seen.append(name),
            stop=lambda: len(seen) > 2,
        )
    assert seen == ["0.png", "1.png", "2.png"]


def test_a_wrong_call_fails_at_once(tmp_path):
    with pytest.raises(UnknownModelError):
        run([photo(tmp_path / "a.png", 1)], tmp_path / "out", model="denoise-nothing")
    with pytest.raises(BadSettingError):
        run([photo(tmp_path / "a.png", 1)], tmp_path / "out", settings={"size": 4})


def test_no_space_for_the_archive_is_a_sentence(tmp_path, monkeypatch):
    def full(*_arguments: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(zipfile.ZipFile, "write", full)
    with pytest.raises(StorageError, match="No space left on device"):
        run([photo(tmp_path / "a.png", 1)], tmp_path / "out")
