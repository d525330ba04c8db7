from threading import Lock

import numpy as np
import pytest
from scipy.ndimage import uniform_filter

from models import pixels
from models.errors import NoNumbersError, OutOfMemoryError
from models.method import Network, Window
from models.photo import DecodedPhoto
from models.rack import Loaded
from models.tilewise import NetworkRun

REACH = 4


class BoxBlur:
    """An engine that does what a box blur does, and fails where it is told to."""

    device = "cpu"
    name = "box"
    precision = "float32"
    memory = 0

    def __init__(self, batch=1, fits=10**9):
        self.batch = batch
        self.fits = fits
        self.shapes = []

    def run(self, images, conditions):
        assert images.dtype == np.float32
        self.shapes.append(images.shape)
        if images[:, 0].size > self.fits:
            raise MemoryError
        side = 2 * REACH + 1
        blurred = uniform_filter(images, (0, 0, side, side), mode="mirror")
        return blurred + np.float32(sum(conditions)), images[:, :1]

    def close(self):
        pass


def run(image, engine, region=None, show=None, tile_pixels=20_000, conditions=()):
    network = Network(module="-", field_of_view=REACH, multiple_of=8, tile_pixels=tile_pixels)
    photo = DecodedPhoto(pixels.from_array(image))
    region = region or Window(0, 0, *photo.size)
    result = np.full((region.height, region.width, 3), np.nan, np.float32)
    parts = NetworkRun("denoise-box", network, Loaded(engine), photo, conditions, ("first",))
    for rows in parts.rows(region, show):
        result[rows.top : rows.top + len(rows.pixels)] = rows.pixels
    return result


@pytest.fixture
def image():
    return np.random.default_rng(0).random((333, 517, 3), dtype=np.float32)


def whole(image):
    return uniform_filter(image, (2 * REACH + 1, 2 * REACH + 1, 0), mode="mirror")


@pytest.mark.parametrize("batch", [1, 3, 50])
def test_tiles_give_what_the_whole_gives(image, batch):
    engine = BoxBlur(batch)
    inner = np.s_[: 333 // 8 * 8 - REACH, : 517 // 8 * 8 - REACH]  # beyond, the mirrored border differs
    np.testing.assert_allclose(run(image, engine)[inner], whole(image)[inner], atol=1e-6)
    assert len({shape[1:] for shape in engine.shapes}) == 1
    assert max(shape[0] for shape in engine.shapes) <= batch


def test_a_region_is_what_the_whole_is_there(image):
    region = Window(101, 57, 140, 201)
    part = run(image, BoxBlur(), region)
    np.testing.assert_allclose(part, whole(image)[101:241, 57:258], atol=1e-6)


def test_conditions_reach_the_network(image):
    raised = run(image, BoxBlur(), conditions=(0.25, 0.5))
    np.testing.assert_allclose(raised, run(image, BoxBlur()) + 0.75, atol=1e-5)


def test_stages_come_as_pieces_that_fill_the_region(image):
    region = Window(33, 20, 250, 400)
    sheet = np.full((250, 400), np.nan, np.float32)

    def show(top, left, stages):
        piece = stages["first"]
        sheet[top : top + piece.shape[0], left : left + piece.shape[1]] = piece

    run(image, BoxBlur(), region, show)
    np.testing.assert_array_equal(sheet, image[33:283, 20:420, 0])


def test_short_memory_halves_the_tiles_and_the_result_stays(image):
    engine = BoxBlur(fits=8000)
    inner = np.s_[: 333 // 8 * 8 - REACH, : 517 // 8 * 8 - REACH]
    np.testing.assert_allclose(run(image, engine)[inner], whole(image)[inner], atol=1e-6)
    assert engine.shapes[-1][2] * engine.shapes[-1][3] <= 8000


def test_memory_that_runs_short_in_the_middle_keeps_the_rows_that_were_finished(image):
    engine = BoxBlur()
    calls = iter(range(100))
    engine_run = engine.run

    def forgetful(images, conditions):
        if next(calls) == 5:
            raise MemoryError
        return engine_run(images, conditions)

    engine.run = forgetful
    inner = np.s_[: 333 // 8 * 8 - REACH, : 517 // 8 * 8 - REACH]
    np.testing.assert_allclose(run(image, engine)[inner], whole(image)[inner], atol=1e-6)


def test_a_batch_that_does_not_fit_is_tried_tile_by_tile_before_tiles_shrink(image):
    engine = BoxBlur(batch=4, fits=20_000)
    run(image, engine)
    assert engine.shapes[0][0] > 1
    assert engine.shapes[0][2:] == engine.shapes[-1][2:]


def test_how_many_tiles_fit_at_once_is_remembered_for_the_next_photo(image):
    engine = BoxBlur(batch=4, fits=40_000)
    loaded = Loaded(engine)
    network = Network(module="-", field_of_view=REACH, multiple_of=8, tile_pixels=20_000)
    photo = DecodedPhoto(pixels.from_array(image))
    for _ in range(2):
        engine.shapes.clear()
        list(NetworkRun("denoise-box", network, loaded, photo, ()).rows(Window(0, 0, 333, 517), None))
    assert max(shape[0] for shape in engine.shapes) == 2


def test_memory_too_short_for_the_smallest_tile_ends_in_a_sentence(image):
    engine = BoxBlur(fits=10)
    with pytest.raises(OutOfMemoryError, match=r"'denoise-box' does not fit .* smaller model"):
        run(image, engine)
    assert len(engine.shapes) < 20


def test_what_fits_is_remembered_for_the_next_photo(image):
    engine = BoxBlur(fits=8000)
    loaded = Loaded(engine)
    network = Network(module="-", field_of_view=REACH, multiple_of=8, tile_pixels=20_000)
    photo = DecodedPhoto(pixels.from_array(image))
    for _ in range(2):
        engine.shapes.clear()
        list(NetworkRun("denoise-box", network, loaded, photo, ()).rows(Window(0, 0, 333, 517), None))
    assert len({shape[2:] for shape in engine.shapes}) == 1


def test_values_that_are_no_numbers_never_reach_the_photo(image):
    class Broken(BoxBlur):
        def run(self, images, _conditions):
            return (images * np.float32("nan"),)

    with pytest.raises(NoNumbersError, match="no numbers") as caught:
        run(image, Broken())
    assert "PATINA_DEVICE" not in str(caught.value), "it is on the CPU already"


@pytest.mark.parametrize("size", [(1, 1), (1, 700), (700, 1), (9, 9), (33, 65)])
def test_any_size_works(size):
    image = np.random.default_rng(1).random((*size, 3), dtype=np.float32)
    assert np.isfinite(run(image, BoxBlur(), tile_pixels=4000)).all()


def test_shares_only_grow_and_end_at_one(image):
    network = Network(module="-", field_of_view=REACH, multiple_of=8, tile_pixels=20_000)
    photo = DecodedPhoto(pixels.from_array(image))
    parts = NetworkRun("denoise-box", network, Loaded(BoxBlur()), photo, ())
    shares = [rows.share for rows in parts.rows(Window(0, 0, 333, 517), None)]
    assert shares == sorted(shares)
    assert shares[-1] == 1


def test_two_runs_of_one_network_take_turns(image):
    from threading import Thread

    class Alone(BoxBlur):
        inside = Lock()

        def run(self, images, conditions):
            assert self.inside.acquire(blocking=False)
            try:
                return super().run(images, conditions)
            finally:
                self.inside.release()

    network = Network(module="-", field_of_view=REACH, multiple_of=8, tile_pixels=20_000)
    photo = DecodedPhoto(pixels.from_array(image))
    loaded, failed = Loaded(Alone()), []

    def work():
        try:
            list(NetworkRun("denoise-box", network, loaded, photo, ()).rows(Window(0, 0, 333, 517), None))
        except AssertionError as error:
            failed.append(error)

    threads = [Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
