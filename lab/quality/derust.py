"""The trials of derusting: unseen seeds, another generator, real cut-outs, and photos without rust."""

from collections.abc import Iterator

import numpy as np

from lab.degradations import cutouts, rust, second_rust
from lab.degradations.drawing import rust_settings
from lab.degradations.finish import finish
from lab.quality import harmless
from lab.quality.case import Case, Rust, Trial
from lab.quality.photos import Material
from models.method import Pixels

FIRST_SEED = 900_000_000
"""Seeds of this benchmark begin here; trainings count from 0."""


def truth(thickness: Pixels, pigment: Pixels | None = None) -> Rust:
    """Return the strata of a `thickness` X (h, w), as Patina's protocol has them."""
    inside, outside = thickness > rust.INSIDE, thickness < rust.OUTSIDE
    return Rust(inside, outside, rust.strata(thickness), thickness, pigment)


def _unseen_seeds(material: Material) -> Iterator[Case]:
    for number, photo in enumerate(material.photos):
        seed = FIRST_SEED + number
        settings = rust.DEGRADATION.settle(rust_settings(np.random.default_rng(seed)))
        made = rust.make(photo.pixels, settings, seed)
        reference = rust.reference(photo.pixels, settings, seed)
        pigment = None if settings["layer"] == "stain" else made.pigment
        yield Case(photo.name, made.image, reference, rust=truth(made.thickness, pigment))


def _second_generator(material: Material) -> Iterator[Case]:
    for number, photo in enumerate(material.photos):
        made = second_rust.make(photo.pixels, FIRST_SEED + number)
        reference = second_rust.reference(photo.pixels, FIRST_SEED + number)
        yield Case(photo.name, made.image, reference, rust=truth(made.thickness, made.pigment))


def _cutouts(material: Material) -> Iterator[Case]:
    """Yield photos with one to four cut-outs each, a third to four fifths of the short side long."""
    if not material.cutouts:
        return
    longest = float(np.median([max(cutout.shape[:2]) for cutout in material.cutouts]))
    for number, photo in enumerate(material.photos):
        rng = np.random.default_rng([FIRST_SEED, number])
        scale = min(photo.pixels.shape[:2]) / longest
        count = int(rng.integers(1, 5))
        laid = cutouts.composite(
            photo.pixels, material.cutouts, rng, count=count, scale=(0.35 * scale, 0.8 * scale)
        )
        noise, quality = float(rng.uniform(0, 4)), int(rng.integers(75, 96))
        damaged, reference = (
            finish(
                image / 255.0,
                photo.pixels,
                np.random.default_rng([FIRST_SEED, number, 1]),
                noise=noise,
                jpeg=quality,
            )
            for image in (laid.image, photo.pixels)
        )
        if laid.mask.any():
            yield Case(photo.name, damaged, reference, rust=Rust(laid.mask, laid.cover == 0))


def _harmless(material: Material) -> Iterator[Case]:
    for photo in harmless.photos((*material.photos, *material.spare)):
        clean = np.ones(photo.pixels.shape[:2], bool)
        yield Case(photo.name, photo.pixels, photo.pixels, rust=Rust(~clean, clean))


_STRATA = (
    f"Strata by thickness X: translucent {rust.INSIDE}–{rust.TRANSLUCENT}, partial to {rust.OPAQUE}, "
    "opaque above."
)

TRIALS: tuple[Trial, ...] = (
    Trial(
        "unseen-seeds",
        "The training's generator, unseen seeds",
        f"Rust by `lab.degradations.rust` with settings drawn as for training, seeds from {FIRST_SEED}. "
        f"The reference has the same noise and JPEG. Where it is a stain in paper, inversion and unmixing by "
        f"the truth are left out. {_STRATA}",
        _unseen_seeds,
    ),
    Trial(
        "second-generator",
        "Another generator",
        "Rust by `lab.degradations.second_rust`, which no network learns from: other fronts, other pigments, "
        f"other drips. Seeds from {FIRST_SEED}. The reference has the same noise and JPEG. {_STRATA}",
        _second_generator,
    ),
    Trial(
        "cut-outs",
        "Real rust, cut out",
        "One to four real cut-outs composited, then noise σ 0–4 and JPEG 75–95, which the reference has too. "
        "Inside, the rust is at least half opaque; outside there is none; how thick it is nobody knows. "
        f"Seeds: ({FIRST_SEED}, number of the photo).",
        _cutouts,
    ),
    Trial(
        "harmless",
        "Do no harm",
        "Photos without rust that have its colours: wood, skin, fur, leaves, hay, red paint. The input is "
        "the reference.",
        _harmless,
    ),
)
