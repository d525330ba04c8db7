"""Whatever a person's files are called, none takes another's place on the shelf."""

from pathlib import Path

import numpy as np
import pytest

from models import pixels
from models.order import Order
from models.settings import Settings
from models.workshop import Workshop
from ratings.store import Store
from ui.keeping.desk import Desk
from ui.keeping.shelf import Shelf


@pytest.fixture
def desk(tmp_path):
    store = Store.open(f"sqlite:///{tmp_path / 'ratings.db'}")
    yield Desk(Shelf(tmp_path / "desk"), store, Workshop(Settings(data_dir=tmp_path / "data")))
    store.close()


def photo(path: Path, level: int, side: int = 1300) -> Path:
    path.parent.mkdir(exist_ok=True)
    pixels.save(pixels.from_array(np.full((side, side, 3), level, np.uint8)), path)
    return path


@pytest.mark.parametrize(("name", "side"), [("preview.jpg", 1300), ("preview.png", 100)])
def test_a_photo_called_preview_stays_itself(desk, tmp_path, name, side):
    mine = photo(tmp_path / "mine" / name, 90, side)
    before = mine.read_bytes()
    admitted = desk.admit(mine)
    assert Path(admitted.source).read_bytes() == before
    assert Path(admitted.preview) != Path(admitted.source)


def test_a_reference_with_the_photos_name_overwrites_nothing(desk, tmp_path):
    noisy, clean = photo(tmp_path / "noisy" / "a.png", 90), photo(tmp_path / "clean" / "a.png", 100)
    other = photo(tmp_path / "other" / "a.png", 110)
    admitted = desk.admit(noisy)
    for reference, level in ((clean, 100), (other, 110)):
        measured = desk.with_reference(admitted, reference)
        assert measured.reference is not None
        assert pixels.open(measured.reference).pixels.max() == level
    assert pixels.open(admitted.source).pixels.max() == 90
    assert pixels.open(noisy).pixels.max() == 90


def test_a_result_lies_beside_its_previews_and_its_photo_stays(desk, tmp_path):
    admitted = desk.admit(photo(tmp_path / "mine" / "a.jpg", 90))
    served = desk.run(admitted, Order(model="denoise-median", settings={"size": 3}))
    folder = desk.shelf.find(served.token)
    assert pixels.open(desk.file(served)).size == (1300, 1300)
    assert {path.name for path in folder.iterdir()} >= {served.file, served.before, served.after}
    assert served.provenance["output_sha256"] == pixels.open(desk.file(served)).sha256
