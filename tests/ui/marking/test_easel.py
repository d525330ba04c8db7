"""The Mark tab without a browser: what is offered, what is kept, and what strangers cannot have."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from models import pixels
from models.order import Order
from ratings import raters
from ratings.marks import mask
from ratings.marks.heats import Heats
from ratings.marks.marks import Marks
from ratings.marks.records import Painted
from ratings.records import Result
from ratings.stimuli import Shown, Stimuli, Stimulus
from ratings.store import Store
from ui import gallery
from ui.dealing.staging import plain_png
from ui.errors import GoneError
from ui.keeping.desk import Desk
from ui.keeping.pictures import StimulusShelf
from ui.marking.drawing import fitted, framed, overlaid
from ui.marking.easel import Easel
from ui.marking.routes import marking_routes
from ui.marking.subjects import LARGEST_SIDE, Subjects, fitting

SECRET = b"secret"
CC_BY = "CC-BY-4.0"
WIDTH, HEIGHT = 40, 30
MASK = mask.encode(np.eye(HEIGHT, WIDTH, dtype=bool))


@pytest.fixture
def store(desk: Desk) -> Store:
    return desk.store


@pytest.fixture
def easel(desk: Desk, tmp_path: Path) -> Easel:
    database, pictures = desk.store.database, StimulusShelf(tmp_path / "stimuli")
    subjects = Subjects(Stimuli(database), pictures, desk, gallery.load(), SECRET)
    return Easel(subjects, Marks(database), Heats(database), lambda: (3, 40))


@pytest.fixture
def add(store: Store, easel: Easel) -> Callable[..., Stimulus]:
    """`add(model, **more)` keeps a result of a model on an example of the gallery."""

    def add_result(model: str, **more: object) -> Stimulus:
        image = np.random.default_rng(len(model)).integers(0, 255, (HEIGHT, WIDTH, 3), np.uint8)
        shown = easel.subjects.pictures.put(plain_png(pixels.from_array(image)))
        result = Result(
            task="denoise",
            model=model,
            version=1,
            weights_sha256=None,
            settings={},
            default_settings=True,
            input_sha256="1" * 64,
            output_sha256=shown,
            input_name="noise-cat-15",
            app_version="0.1.0",
            device="cpu",
            seconds=0.1,
        )
        shape = {"original_sha256": None, "width": WIDTH, "height": HEIGHT}
        return Stimuli(store.database).add(
            Shown(making=store.remember(result), sha256=shown, **(shape | more))
        )

    return add_result


@pytest.fixture
def client(easel: Easel) -> TestClient:
    return TestClient(Starlette(routes=marking_routes(easel, SECRET)))


@pytest.fixture
def token() -> dict[str, str]:
    """The header of a browser."""
    return {"X-Patina-Browser": raters.new_token(SECRET)}


def mark(easel: Easel, stimulus: Stimulus, rater: str, label: str = "halo") -> str:
    painted = Painted(label, "brush", MASK)
    return easel.marks.on_result(stimulus.id, painted, rater, accepted_licence=CC_BY).uid


# ---- what is offered


def test_what_a_person_has_marked_or_skipped_is_not_offered_again(easel: Easel, add) -> None:
    first, second = add("denoise-median"), add("denoise-nlm")
    mark(easel, first, "ann")
    offered = easel.next("denoise", "ann", [])
    assert offered is not None
    assert offered.stimulus == second
    assert easel.next("denoise", "ann", [offered.key]) is None
    assert easel.next("dehaze", "ann", []) is None


def test_pictures_that_lack_a_person_for_a_map_come_first(easel: Easel, add) -> None:
    done, begun, _ = add("denoise-median"), add("denoise-nlm"), add("denoise-mean")
    for rater in ("ann", "bob", "cid"):
        mark(easel, done, rater)
    mark(easel, begun, "ann")
    for _ in range(5):
        offered = easel.next("denoise", "dan", [])
        assert offered is not None
        assert offered.stimulus == begun


def test_key_tells_neither_model_nor_order(easel: Easel, add) -> None:
    stimulus = add("denoise-median")
    key = easel.subjects.key(stimulus)
    assert "median" not in key
    assert key.startswith("result.denoise.")
    assert len(key.rpartition(".")[2]) == 32
    assert easel.subjects.find(key, None).stimulus == stimulus


def test_results_of_own_photos_are_offered_to_nobody(easel: Easel, add) -> None:
    own = add("denoise-median", owner="ann")
    assert easel.next("denoise", "ann", []) is None
    with pytest.raises(GoneError):
        easel.subjects.find(easel.subjects.key(own), "ann")


@pytest.mark.parametrize(
    "key",
    [
        "",
        "result.denoise.0",
        "result.denoise.é",
        "photo.noise-cat-15",
        "own.../../etc",
        "own.x",
        "made.x",
        "x.y",
    ],
)
def test_key_that_stands_for_nothing_is_refused(easel: Easel, add, key: str) -> None:
    add("denoise-median")
    with pytest.raises(GoneError):
        easel.subjects.find(key, "ann")


def test_large_photo_is_reduced_and_a_small_one_is_not() -> None:
    large = pixels.from_array(np.full((100, 2 * LARGEST_SIDE, 3), 7, np.uint8))
    assert fitting(large).size == (50, LARGEST_SIDE)
    small = pixels.from_array(np.zeros((5, 6, 1), np.uint8))
    assert fitting(small).pixels is small.pixels


# ---- over HTTP


def test_while_results_are_being_made_the_page_is_told_how_far_that_is(client, easel: Easel, add) -> None:
    nothing = client.post("/patina/marking/next?task=denoise").json()
    assert nothing == {"picture": None, "waiting": [3, 40]}
    skipped = easel.subjects.key(add("denoise-median"))
    seen = client.post("/patina/marking/next?task=denoise", json=[skipped]).json()
    assert seen == {"picture": None, "waiting": None}


def test_what_is_sent_is_kept_and_taken_back(client, easel: Easel, add, token) -> None:
    stimulus = add("denoise-median")
    told = client.post("/patina/marking/next?task=denoise", headers=token).json()["picture"]
    assert (told["width"], told["height"], told["title"]) == (WIDTH, HEIGHT, "Cat, light noise")
    where = f"/patina/marking/picture/{told['key']}"
    sent = client.post(f"{where}/mark?label=halo&tool=brush&licence={CC_BY}", content=MASK, headers=token)
    assert sent.json()["flag"] is None
    (kept,) = easel.marks.counted()
    assert (kept.stimulus_id, kept.rater) == (stimulus.id, raters.rater_id(SECRET, token["X-Patina-Browser"]))
    mine = client.get(where, headers=token).json()["picture"]["mine"]
    assert [each["uid"] for each in mine] == [kept.uid]
    assert sum(mine[0]["counts"][1::2]) == HEIGHT
    assert client.delete(f"/patina/marking/mark/{kept.uid}").status_code == 404, "no token"
    assert client.delete(f"/patina/marking/mark/{kept.uid}", headers=token).status_code == 200
    assert not tuple(easel.marks.counted())


def test_mark_without_a_browser_s_token_is_kept_and_flagged(client, easel: Easel, add) -> None:
    where = f"/patina/marking/picture/{easel.subjects.key(add('denoise-median'))}/mark"
    sent = client.post(f"{where}?label=halo&tool=brush&licence={CC_BY}", content=MASK)
    assert sent.json()["flag"] == "api"
    assert not tuple(easel.marks.counted())


@pytest.mark.parametrize(
    ("query", "body", "status", "code"),
    [
        (f"label=halo&tool=brush&licence={CC_BY}", b"no png", 400, "bad-mark"),
        (f"label=rust&tool=brush&licence={CC_BY}", MASK, 400, "bad-mark"),
        ("label=halo&tool=brush", MASK, 400, "bad-rating"),
        (f"label=halo&tool=brush&licence={CC_BY}", bytes(1_000_002), 413, "too-large"),
        (f"label=halo&tool=brush&licence={CC_BY}", bytes(1_000_001), 400, "bad-mark"),
        ("", b"", 400, "bad-mark"),
    ],
)
def test_bad_marks_are_refused_with_a_code(
    client, easel: Easel, add, query: str, body: bytes, status: int, code: str
) -> None:
    where = f"/patina/marking/picture/{easel.subjects.key(add('denoise-median'))}/mark"
    answer = client.post(f"{where}?{query}", content=body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_picture_is_sent_without_a_name(client, easel: Easel, add) -> None:
    key = easel.subjects.key(add("denoise-median"))
    answer = client.get(f"/patina/marking/picture/{key}/picture.png")
    assert not {"last-modified", "etag"} & set(answer.headers), "when it was made tells by which model"
    assert answer.headers["content-type"] == "image/png"
    assert "median" not in str(answer.headers)
    for side in ("original.png", "model.png"):
        assert client.get(f"/patina/marking/picture/{key}/{side}").status_code == 404


@pytest.mark.parametrize("body", [b"", b"{", b"7", b'{"a": 1}', b"[1, null]", b"[" * 50_000])
def test_list_of_skipped_that_is_none_skips_nothing(client, add, token, body: bytes) -> None:
    add("denoise-median")
    answer = client.post("/patina/marking/next?task=denoise", content=body, headers=token)
    assert answer.json()["picture"] is not None


@pytest.mark.parametrize("body", [b"", b"no picture", b"\x89PNG\r\n\x1a\n" + bytes(50)])
def test_own_photo_that_is_none_is_refused(client, body: bytes) -> None:
    answer = client.post("/patina/marking/own", content=body)
    assert (answer.status_code, answer.json()["code"]) == (400, "bad-picture")


def test_what_is_too_long_is_not_read_to_its_end(client) -> None:
    assert client.post("/patina/marking/next", content=bytes(70_000)).status_code == 413


def test_own_result_is_marked_by_its_owner_and_dealt_to_nobody(
    client, desk: Desk, easel: Easel, noisy: Path, token
) -> None:
    photo = desk.admit(noisy)
    served = desk.run(photo, Order(model="denoise-median"))
    where = f"/patina/marking/picture/made.{served.token}"
    assert client.get(where).status_code == 404, "no token"
    told = client.get(where, headers=token).json()["picture"]
    assert (told["width"], told["height"], told["original"]) == (80, 60, True)
    content = mask.encode(np.ones((60, 80), bool))
    query = f"label=halo&tool=brush&licence={CC_BY}"
    for _ in range(2):
        assert client.post(f"{where}/mark?{query}", content=content, headers=token).status_code == 200
    (kept,) = easel.marks.counted()
    assert kept.result is not None
    assert (kept.result.model, kept.image_name, kept.consent) == ("denoise-median", None, False)
    rater = raters.rater_id(SECRET, token["X-Patina-Browser"])
    assert easel.subjects.stimuli.of_task("denoise", owner=rater) == ()
    assert easel.subjects.stimuli.restored_openly(served.provenance["input_sha256"])
    assert not list(easel.subjects.pictures.root.iterdir()), "kept for a day only"


# ---- maps


def test_map_of_fewer_than_three_people_is_shown_to_nobody(client, easel: Easel, add) -> None:
    stimulus = add("denoise-median")
    where = f"/patina/marking/heat/denoise/{stimulus.id}.png"
    for rater in ("ann", "bob"):
        mark(easel, stimulus, rater)
    assert client.get(where).status_code == 404
    mark(easel, stimulus, "cid", "tile-seam")
    assert client.get(f"{where}?label=halo").headers["content-type"] == "image/png"
    (listed,) = client.get("/patina/marking/heat/denoise").json()["pictures"]
    assert (listed["raters"], listed["labels"]) == (3, {"halo": 2, "tile-seam": 1})
    assert listed["model"] == "Median filter"


def test_nothing_covers_what_nobody_marked() -> None:
    share = np.array([[0, 0.5, 1]], np.float32)
    image = np.full((1, 3, 3), 100, np.uint8)
    shown = overlaid(image, share)
    assert shown[0, 0].tolist() == [45, 45, 45]
    assert shown[0, 2].sum() > shown[0, 1].sum() > shown[0, 0].sum()


def test_one_person_of_many_is_brighter_than_the_dimmed_picture() -> None:
    share = np.array([[0, 0.005]], np.float32)
    shown = overlaid(np.zeros((1, 2, 3), np.uint8), share).astype(int)
    assert shown[0, 1].sum() - shown[0, 0].sum() > 100


def test_model_s_map_uses_the_whole_scale_and_is_drawn_larger() -> None:
    faint = framed(np.array([[0, 0.01, 0.02]], np.float32), enlarged=2)
    assert faint.shape == (2, 6, 3)
    assert np.array_equal(faint, framed(np.array([[0, 0.5, 1]], np.float32), enlarged=2))
    empty = framed(np.zeros((1, 3), np.float32), enlarged=1)
    assert len({tuple(pixel) for pixel in empty.reshape(-1, 3)}) == 1


def test_picture_is_drawn_as_large_as_its_map() -> None:
    image = np.arange(24, dtype=np.uint8).reshape(4, 6, 1)
    assert fitted(image, np.zeros((2, 3), np.float32)).shape == (2, 3, 1)
    assert fitted(image, np.zeros((4, 6), np.float32)) is image


def test_model_s_map_tells_its_highest_share(client, easel: Easel, add) -> None:
    stimulus = add("denoise-median")
    where = f"/patina/marking/model/{stimulus.contestant_id}.png"
    for rater in ("ann", "bob"):
        mark(easel, stimulus, rater)
    assert client.get(where).status_code == 404
    mark(easel, stimulus, "cid", "tile-seam")
    answer = client.get(f"{where}?label=halo")
    assert answer.headers["content-type"] == "image/png"
    assert 0 < float(answer.headers["X-Patina-Most"]) <= 0.667
    assert client.get(f"{where}?label=tile-seam").status_code == 200
    assert client.get(f"{where}?label=ugly").status_code == 404


@pytest.mark.parametrize("number", ["0", "99999", "4294967296", "9" * 40])
def test_map_of_what_is_not_there_is_refused(client, number: str) -> None:
    assert client.get(f"/patina/marking/model/{number}.png").status_code == 404
    assert client.get(f"/patina/marking/heat/denoise/{number}.png").status_code == 404
