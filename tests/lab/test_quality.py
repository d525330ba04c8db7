"""The figures of a quality benchmark agree with outside oracles, and its trials are what they say."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
from scipy import stats
from skimage import data
from skimage.color import deltaE_ciede2000, rgb2lab
from skimage.metrics import peak_signal_noise_ratio, structural_similarity

from lab.degradations import haze, rust
from lab.quality import ceilings, dehaze, denoise, derust, harmless
from lab.quality.case import Case, Rust
from lab.quality.contestants import NOTHING, Answer
from lab.quality.figures import BAND, INSIDE, OUTSIDE, UNTOUCHED, WHOLE, figures
from lab.quality.photos import Clean, Material
from lab.quality.plot import Point, front
from lab.quality.report import Run, summary
from lab.quality.unseen_camera import CAMERAS, photograph
from lab.training.album import listed_names


@pytest.fixture(scope="module")
def photo():
    """Part of a colour photo, (96, 128, 3) uint8."""
    return np.ascontiguousarray(data.chelsea()[60:156, 150:278])


@pytest.fixture(scope="module")
def noisy(photo):
    noise = np.random.default_rng(0).normal(0, 20, photo.shape)
    return np.clip(photo + noise, 0, 255).astype(np.uint8)


def trial(trials, name):
    return next(each for each in trials if each.id == name)


def halves(shape):
    """A truth with rust in the left third, none in the right third, and a band between."""
    columns = np.broadcast_to(np.arange(shape[1]), shape[:2])
    return Rust(columns < shape[1] // 3, columns >= 2 * shape[1] // 3)


def test_figures_of_the_whole_are_scikit_images(photo, noisy):
    found = figures(Case("", noisy, photo), NOTHING.answer(Case("", noisy, photo)))[WHOLE]
    colour = deltaE_ciede2000(rgb2lab(photo), rgb2lab(noisy))
    assert found["psnr"] == pytest.approx(peak_signal_noise_ratio(photo, noisy), abs=1e-4)
    similar = structural_similarity(
        photo, noisy, channel_axis=2, gaussian_weights=True, sigma=1.5, use_sample_covariance=False
    )
    assert found["ssim"] == pytest.approx(similar, abs=1e-5)
    assert found["delta_e"] == pytest.approx(colour.mean(), abs=1e-3)
    assert found["delta_e_p95"] == pytest.approx(np.percentile(colour, 95), abs=1e-2)


def test_figures_of_a_stratum_are_scikit_images_on_its_pixels_alone(photo, noisy):
    known = halves(photo.shape)
    found = figures(Case("", photo, photo, rust=known), Answer(noisy))
    for stratum, mask in ((INSIDE, known.inside), (OUTSIDE, known.outside)):
        psnr = peak_signal_noise_ratio(photo[mask], noisy[mask])
        colour = deltaE_ciede2000(rgb2lab(photo), rgb2lab(noisy))[mask]
        assert found[stratum]["psnr"] == pytest.approx(psnr, abs=1e-4)
        assert found[stratum]["delta_e"] == pytest.approx(colour.mean(), abs=1e-3)
    assert found[OUTSIDE]["kept"] == pytest.approx(found[OUTSIDE]["psnr"])


def test_what_is_untouched_outside_says_so_whatever_happens_inside(photo, noisy):
    known = halves(photo.shape)
    patched = np.where(known.inside[..., None], noisy, photo)
    found = figures(Case("", photo, noisy, rust=known), Answer(patched))
    assert found[OUTSIDE]["kept"] == UNTOUCHED
    assert found[OUTSIDE]["psnr"] < 30


@pytest.mark.parametrize("step", [1, 2])
def test_a_mask_is_counted_as_sets_are_without_the_band(step):
    rng = np.random.default_rng(1)
    shape = (60, 90)
    known, mask = halves(shape), rng.random(shape) > 0.4
    image = np.zeros((*shape, 3), np.uint8)
    found = figures(Case("", image, image, rust=known), Answer(image, mask[::step, ::step]))
    counted = {(r, c) for r in range(0, 60, step) for c in range(0, 90, step) if not 30 <= c < 60}
    marked = {place for place in counted if mask[place]}
    rusty = {place for place in counted if known.inside[place]}
    precision, recall = len(marked & rusty) / len(marked), len(marked & rusty) / len(rusty)
    assert found[WHOLE]["mask_iou"] == pytest.approx(len(marked & rusty) / len(marked | rusty))
    assert found[WHOLE]["mask_f1"] == pytest.approx(2 * precision * recall / (precision + recall))
    assert found[OUTSIDE]["flagged"] == pytest.approx(len(marked - rusty) / len(counted - rusty))


def test_a_stratum_of_a_few_pixels_is_not_scored(photo):
    inside = np.zeros(photo.shape[:2], bool)
    inside[:3, :3] = True
    found = figures(Case("", photo, photo, rust=Rust(inside, ~inside)), Answer(photo))
    assert set(found) == {WHOLE, OUTSIDE}
    assert BAND not in found


def test_intervals_are_those_of_scipy():
    values = [30.1, 31.5, 29.7, 33.0]
    found = summary(values)
    low, high = stats.t.interval(0.95, 3, loc=np.mean(values), scale=stats.sem(values))
    assert (found.mean - found.half, found.mean + found.half) == pytest.approx((low, high))
    assert (found.n, found.least, found.most) == (4, 29.7, 33.0)
    assert summary([1.0]).half is None


def test_gain_is_over_doing_nothing_photo_by_photo(photo):
    run = Run([NOTHING], lambda _: None)
    report = run.trial(trial(denoise.TRIALS, "gaussian-25"), Material((Clean("a", photo),)))
    assert report.scores[0].figures[WHOLE]["gain"].mean == 0


def test_white_noise_is_unclipped_of_the_told_strength_and_seeded(photo):
    for sigma in denoise.LEVELS:
        cases = trial(denoise.TRIALS, f"gaussian-{sigma}").cases
        (case,) = cases(Material((Clean("a", photo),)))
        noise = case.damaged * 255 - photo
        assert noise.std() == pytest.approx(sigma, rel=0.02)
        assert abs(noise.mean()) < 0.02 * sigma
        assert case.told == {"noise_level": sigma}
        assert np.array_equal(case.damaged, next(cases(Material((Clean("a", photo),)))).damaged)
    assert case.damaged.min() < 0


def test_the_unseen_camera_without_noise_shows_the_photo_in_its_own_colours(photo):
    _, reference = photograph(photo, CAMERAS["day"], 0)
    soft = [cv2.GaussianBlur(image, (0, 0), 4).astype(int) for image in (photo, reference)]
    assert np.abs(soft[0] - soft[1]).mean(axis=(0, 1)).max() < 8
    grey = np.full((64, 64, 3), 120, np.uint8)
    _, reference = photograph(grey, CAMERAS["day"], 0)
    assert np.ptp(reference.astype(int), axis=2).max() <= 2


def test_the_unseen_camera_is_noisier_the_less_light_there_is(photo):
    errors = {}
    for name, camera in CAMERAS.items():
        image, reference = photograph(photo, camera, 0)
        again, _ = photograph(photo, camera, 0)
        assert np.array_equal(image, again)
        errors[name] = peak_signal_noise_ratio(reference, image)
    assert errors["day"] > errors["indoor"] + 1 > errors["night"] + 2


def test_dense_indoor_haze_follows_the_depth_that_was_measured(photo):
    depth = np.broadcast_to(np.linspace(0, 1, photo.shape[1]), photo.shape[:2])
    cases = list(dehaze._indoor(Material((Clean("a", photo, depth), Clean("b", photo))), dense=True))
    assert len(cases) == dehaze.HAZES_A_SCENE
    for case in cases:
        change = np.abs(case.damaged.astype(int) - case.reference)
        assert change[:, -2:].max() <= 6
        assert case.damaged[:, :8].std() < 0.6 * case.reference[:, :8].std()
        assert case.damaged[:, :8].mean() > 150


def test_indoor_haze_keeps_a_share_of_everything_as_in_the_benchmarks():
    depth = np.broadcast_to(np.linspace(0, 1, 64), (8, 64))
    black = np.zeros((8, 64, 3), np.uint8)
    for case in dehaze._indoor(Material((Clean("a", black, depth),)), dense=False):
        assert np.diff(case.damaged.mean((0, 2))).max() <= 0  # ever less to the near side
        veil = case.damaged.mean((0, 2)) / 255
        assert 0.36 < veil[0] < 0.9
        assert 0.1 < veil[-1] < 0.4


@pytest.mark.parametrize("name", ["unseen-seeds", "second-generator"])
def test_the_reference_has_the_very_noise_of_the_rusty_photo(photo, name):
    cases = list(trial(derust.TRIALS, name).cases(Material(tuple(Clean(str(n), photo) for n in range(4)))))
    told, untold = (
        np.mean([figures(case, Answer(answer))[OUTSIDE]["psnr"] for case, answer in pairs])
        for pairs in (
            [(case, case.damaged) for case in cases],
            [(replace(case, reference=photo), case.damaged) for case in cases],
        )
    )
    assert told > untold + 1
    nothing = figures(cases[0], NOTHING.answer(cases[0]))
    assert nothing[INSIDE]["psnr"] < nothing[OUTSIDE]["psnr"] - 6


def test_strata_part_the_inside_by_thickness():
    thickness = np.linspace(0, 2, 401).reshape(1, -1)
    known = derust.truth(thickness)
    assert not (known.inside & known.outside).any()
    parts = np.stack(list(known.strata.values()))
    assert np.array_equal(parts.sum(axis=0), known.inside.astype(int).ravel()[None])
    assert thickness[known.strata["translucent"]].max() < 0.15 <= thickness[known.strata["partial"]].min()
    assert thickness[known.strata["opaque"]].min() > 0.7


def test_a_cut_out_is_where_the_truth_says(photo):
    piece = np.dstack([np.full((40, 40, 3), (150, 70, 20), np.uint8), np.full((40, 40), 255, np.uint8)])
    material = Material(tuple(Clean(str(n), photo) for n in range(3)), (piece,))
    cases = list(derust._cutouts(material))
    assert cases
    for case in cases:
        change = np.abs(case.damaged.astype(int) - case.reference).mean(axis=2)
        assert change[case.rust.inside].mean() > 5 * change[case.rust.outside].mean()
    assert list(derust._cutouts(Material((Clean("a", photo),)))) == []


def rusted(photo):
    plain = {"noise": 0, "jpeg": 0, "blur": 0, "relief": 0, "thickness": 0.3}
    made = rust.make(photo, rust.DEGRADATION.settle(plain), 3)
    return Case("a", made.image, photo, rust=derust.truth(made.thickness, made.pigment))


def test_the_inversion_gets_back_what_is_only_covered(photo):
    case = rusted(photo)
    found = figures(case, Answer(ceilings.inverted(case)))
    nothing = figures(case, NOTHING.answer(case))
    assert found["translucent"]["psnr"] > nothing["translucent"]["psnr"] + 12
    assert found[OUTSIDE]["kept"] == UNTOUCHED


def test_the_ceilings_beat_doing_nothing_and_keep_the_outside(photo):
    case = rusted(photo)
    nothing = figures(case, NOTHING.answer(case))
    for restore in (ceilings.trusted, ceilings.inpainted):
        found = figures(case, Answer(restore(case)))
        assert found[INSIDE]["psnr"] > nothing[INSIDE]["psnr"] + 2
        assert found[OUTSIDE]["kept"] == UNTOUCHED


def test_no_ceiling_speaks_where_the_truth_is_not_known(photo):
    clean = np.ones(photo.shape[:2], bool)
    for rust_truth in (None, Rust(~clean, clean), Rust(clean, ~clean)):
        case = Case("a", photo, photo, rust=rust_truth)
        known = [each for of_task in ceilings.CEILINGS.values() for each in of_task]
        assert [each.restore(case) for each in known] == [None] * len(known)


def test_who_knows_the_transmission_sees_through_the_haze(photo):
    inverse = np.tile(np.linspace(0, 1, photo.shape[1], dtype=np.float32), (len(photo), 1))
    material = Material((Clean("a", photo, depth=inverse),))
    for case in dehaze._indoor(material, dense=False):
        nothing, found = (
            figures(case, answer) for answer in (NOTHING.answer(case), Answer(ceilings.seen_through(case)))
        )
        assert found["whole"]["psnr"] > nothing["whole"]["psnr"] + 3


def test_a_camera_without_noise_is_a_ceiling_that_jpeg_sets(photo):
    (case,) = denoise._camera(Material((Clean("a", photo),)), "night")
    nothing, found = (
        figures(case, answer) for answer in (NOTHING.answer(case), Answer(ceilings.without_noise(case)))
    )
    assert nothing["whole"]["psnr"] + 3 < found["whole"]["psnr"] < 60


def test_every_harmless_photo_is_held_out_or_shipped():
    assert harmless.names() <= listed_names()
    assert all((harmless.GALLERY / name).is_file() for name in harmless.SHIPPED)


def test_haze_is_what_koschmieder_says(photo):
    hazy = haze.lay(photo / 255, np.full(photo.shape[:2], 0.5), np.ones(3))
    assert hazy == pytest.approx((photo / 255 + 1) / 2)


def test_nothing_left_of_the_front_is_as_good():
    rng = np.random.default_rng(0)
    points = [Point(str(n), "network", *pair, 0) for n, pair in enumerate(rng.random((60, 2)) + 0.1)]
    kept = front(points)
    for point in points:
        beaten = any(
            other.seconds <= point.seconds and other.quality >= point.quality and other is not point
            for other in points
        )
        assert (point in kept) is not beaten
