"""An export of marks says what pycocotools and a person with a picture viewer see alike."""

import json
import zipfile
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from PIL import Image
from pycocotools import mask as coco_masks
from pycocotools.coco import COCO

from ratings.__main__ import main
from ratings.errors import ExportError
from ratings.marks import coco, credit, mask
from ratings.marks.export import Sources, export
from ratings.marks.labels import LABELS
from ratings.marks.marks import Marks
from ratings.marks.records import Painted, Photo
from ratings.records import Result
from ratings.stimuli import Shown, Stimuli
from ratings.store import Store

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # pycocotools

CC_BY = "CC-BY-4.0"
WIDTH, HEIGHT = 40, 30
CREDITS = {
    "harbour": credit.Credit("Jo Doe", "CC0-1.0"),
    "rust-wall": credit.Credit("NASA", "public domain"),
}
RESULT, OWN, WALL = "a" * 64, "b" * 64, "c" * 64


def plane(left: int, top: int = 3) -> np.ndarray:
    marked = np.zeros((HEIGHT, WIDTH), bool)
    marked[top : top + 6, left : left + 9] = True
    marked[top + 2, left + 3] = False
    return marked


def painted(label: str, left: int) -> Painted:
    return Painted(label, "brush", mask.encode(plane(left)))


@pytest.fixture
def sources(tmp_path: Path) -> Sources:
    """Pictures of all that is marked, as the page keeps them."""
    folder = tmp_path / "data" / "stimuli"
    folder.mkdir(parents=True)
    for name, colour in ((RESULT, "blue"), (OWN, "green"), (WALL, "brown")):
        Image.new("RGB", (WIDTH, HEIGHT), colour).save(folder / f"{name}.png")
    return Sources(folder, CREDITS)


@pytest.fixture
def marks(store: Store, result: Result) -> Marks:
    """Two labels on a result, three people on a photo of the gallery, one on a photo of their own."""
    shown = Shown(
        making=store.remember(result), sha256=RESULT, original_sha256=None, width=WIDTH, height=HEIGHT
    )
    stimulus, marks = Stimuli(store.database).add(shown), Marks(store.database)
    for label in ("halo", "residual-noise"):
        marks.on_result(stimulus.id, painted(label, 4), "ann", accepted_licence=CC_BY)
    marks.on_result(stimulus.id, painted("halo", 9), None, accepted_licence=CC_BY)  # flagged
    wall = Photo(sha256=WALL, name="rust-wall", width=WIDTH, height=HEIGHT)
    for rater, left in (("ann", 5), ("bob", 10), ("cid", 10)):
        marks.on_photo(wall, painted("rust", left), rater, accepted_licence=CC_BY)
    own = Photo(sha256=OWN, name=None, width=WIDTH, height=HEIGHT)
    marks.on_photo(own, painted("rust", 20), "ann", accepted_licence=CC_BY)
    return marks


def exported(marks: Marks, sources: Sources, tmp_path: Path, **chosen: str) -> tuple[Path, dict]:
    folder = tmp_path / "out"
    export(marks, folder, sources, **chosen)
    return folder, json.loads((folder / "annotations.json").read_text(encoding="utf-8"))


def test_pycocotools_reads_every_mask_as_it_was_painted(
    marks: Marks, sources: Sources, tmp_path: Path
) -> None:
    folder, content = exported(marks, sources, tmp_path)
    read = COCO(folder / "annotations.json")
    assert len(read.anns) == 6
    for annotation in content["annotations"]:
        seen = read.annToMask(read.anns[annotation["id"]]).astype(bool)
        with Image.open(folder / annotation["mask_file"]) as file:
            assert np.array_equal(seen, np.asarray(file))
        lengths = coco_masks.frPyObjects(annotation["segmentation"], HEIGHT, WIDTH)
        assert coco_masks.area(lengths) == annotation["area"]
        assert coco_masks.toBbox(lengths).tolist() == annotation["bbox"]
    assert read.getCatIds(catNms=["rust"]) == [LABELS.index("rust") + 1]


def test_what_does_not_count_is_not_exported(marks: Marks, sources: Sources, tmp_path: Path) -> None:
    _, content = exported(marks, sources, tmp_path)
    assert None not in {annotation["rater"] for annotation in content["annotations"]}


def test_pictures_come_with_their_credit_and_own_ones_only_with_consent(
    marks: Marks, sources: Sources, tmp_path: Path
) -> None:
    folder, content = exported(marks, sources, tmp_path)
    images = {image["sha256"]: image for image in content["images"]}
    assert (images[RESULT]["credit"], images[RESULT]["licence"]) == ("Jo Doe", "CC0-1.0")
    assert images[RESULT]["result"]["model"] == "denoise-median"
    assert images[WALL]["result"] is None
    assert images[OWN]["file_name"] == "", "kept or not, it was not given"
    assert {file.name for file in (folder / "images").iterdir()} == {
        f"{RESULT}.marked.png",
        f"{WALL}.marked.png",
        f"{WALL}.rust.png",
    }
    licences = {licence["id"]: licence["name"] for licence in content["licenses"]}
    assert all(licences[image["license"]] == image["licence"] for image in content["images"])


def test_own_photo_that_was_given_is_exported_under_the_licence_it_was_given(
    marks: Marks, sources: Sources, tmp_path: Path
) -> None:
    own = Photo(sha256=OWN, name=None, width=WIDTH, height=HEIGHT, consent=True)
    marks.on_photo(own, painted("rust", 22), "ann", accepted_licence=CC_BY)
    folder, content = exported(marks, sources, tmp_path, label="rust")
    given = next(image for image in content["images"] if image["sha256"] == OWN)
    assert given["licence"] == CC_BY
    assert (folder / given["file_name"]).is_file()


def test_rust_is_where_most_people_saw_it(marks: Marks, sources: Sources, tmp_path: Path) -> None:
    folder, _ = exported(marks, sources, tmp_path, label="rust")
    with Image.open(folder / "images" / f"{WALL}.rust.png") as file:
        assert np.array_equal(np.asarray(file), plane(10))


def test_label_and_task_choose(marks: Marks, sources: Sources, tmp_path: Path) -> None:
    assert export(marks, tmp_path / "rust", sources, label="rust") == (4, 2)
    assert export(marks, tmp_path / "denoise", sources, task="denoise") == (2, 1)
    assert export(marks, tmp_path / "none", sources, task="dehaze") == (0, 0)


def test_zip_holds_what_the_folder_holds(marks: Marks, sources: Sources, tmp_path: Path) -> None:
    folder, _ = exported(marks, sources, tmp_path)
    export(marks, tmp_path / "out.zip", sources)
    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        assert archive.testzip() is None
        packed = {name: archive.read(name) for name in archive.namelist()}
    assert packed == {
        str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()
    }
    assert {file.name for file in tmp_path.iterdir() if "out" in file.name} == {"out", "out.zip"}


def test_what_is_there_already_stays(marks: Marks, sources: Sources, tmp_path: Path) -> None:
    (tmp_path / "there.zip").write_bytes(b"mine")
    with pytest.raises(ExportError, match="is there already"):
        export(marks, tmp_path / "there.zip", sources)
    assert (tmp_path / "there.zip").read_bytes() == b"mine"


def test_export_that_fails_leaves_nothing(marks: Marks, sources: Sources, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(ExportError, match="Name another place"):
        export(marks, tmp_path / "file" / "out", sources)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("ratings.marks.export.shutil.copyfile", refuse)
        with pytest.raises(ExportError, match="No space left"):
            export(marks, tmp_path / "out", sources)
    assert not [file for file in tmp_path.iterdir() if "out" in file.name]


def refuse(*_: object) -> None:
    raise OSError(28, "No space left on device")


@given(arrays(bool, array_shapes(min_dims=2, max_dims=2, max_side=30), elements=st.booleans()))
def test_run_lengths_are_those_that_pycocotools_reads(marked: np.ndarray) -> None:
    lengths = {"size": list(marked.shape), "counts": coco.run_lengths(marked)}
    read = coco_masks.decode(coco_masks.frPyObjects(lengths, *marked.shape))
    assert np.array_equal(read.astype(bool), marked)
    if marked.any():
        encoded = coco_masks.encode(np.asfortranarray(marked, np.uint8))
        assert coco.bounding_box(marked) == coco_masks.toBbox(encoded).tolist()


def test_command_writes_and_says_so(
    marks: Marks,
    sources: Sources,
    url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("PATINA_DATABASE_URL", url)
    monkeypatch.setenv("PATINA_DATA_DIR", str(tmp_path / "data"))
    target = str(tmp_path / "rust.zip")
    assert main(["marks", "export", target, "--label", "rust"]) == 0
    assert f"Wrote 4 marks on 2 pictures to {target}." in capsys.readouterr().err
    assert main(["marks", "export", target]) == 1
    with pytest.raises(SystemExit) as end:
        main(["marks", "export", target, "--label", "scratch"])
    assert end.value.code == 2


def test_gallery_says_whose_its_photos_are() -> None:
    known = credit.read()
    assert known["noise-cat-15"] == credit.Credit("Stefan van der Walt", "CC0-1.0")
    with pytest.raises(ExportError, match="cannot be read"):
        credit.read(Path("nowhere.toml"))


def test_mask_file_is_a_picture_of_one_bit(marks: Marks, sources: Sources, tmp_path: Path) -> None:
    folder, content = exported(marks, sources, tmp_path, label="halo")
    (annotation,) = content["annotations"]
    with Image.open(BytesIO((folder / annotation["mask_file"]).read_bytes())) as file:
        assert (file.mode, file.size) == ("1", (WIDTH, HEIGHT))
