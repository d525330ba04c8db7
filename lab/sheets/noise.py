"""The sheets of noise: white, of a camera as trainings make it, and of the camera kept for examinations."""

from lab.degradations import noise
from lab.quality.denoise import LEVELS
from lab.quality.unseen_camera import CAMERAS, photograph
from lab.sheets.damage import CELL, DamageSheet, piece
from lab.sheets.drawing import Cell, Row
from lab.sheets.view import View
from lab.training.camera_noise import EXAMINED
from models.card import Settings
from models.method import Pixels

_CAT, _BRUSHES, _ROOM, _ROCKET = "chelsea.jpg", "brushes.jpg", "room.jpg", "rocket.jpg"
_PLACES = {_CAT: (0.5, 0.35), _BRUSHES: (0.5, 0.5), _ROOM: (0.35, 0.62), _ROCKET: (0.52, 0.6)}
_TITLES = {"faint": "Faint", "strong": "Strong", "night": "Night", "jpeg": "JPEG alone"}
_MOSAIC: Settings = {"sigma": 0.0, "gain": 0.03, "read": 3.0}


def _noisy(image: Pixels, settings: Settings, seed: int) -> Pixels:
    return noise.DEGRADATION.degrade(image, settings, seed)


def _white() -> list[Row]:
    rows: list[Row] = []
    for seed, name in enumerate((_CAT, _BRUSHES)):
        image = piece(name, _PLACES[name])
        cells = [Cell(_noisy(image, {"sigma": float(sigma)}, seed), f"σ {sigma}") for sigma in LEVELS]
        rows.append(Row("", [Cell(image, "Clean"), *cells]))
    return rows


def _camera() -> list[Row]:
    rows: list[Row] = []
    for seed, name in enumerate((_ROOM, _ROCKET)):
        image = piece(name, _PLACES[name])
        cells = [
            Cell(_noisy(image, {"sigma": 0.0, **settings}, seed), _TITLES[known], _said(settings))
            for known, settings in EXAMINED.items()
        ]
        rows.append(Row("", [Cell(image, "Clean"), *cells]))
    return [*rows, _mosaic()]


def _mosaic() -> Row:
    """Return a small piece, enlarged, with and without the blotches that a colour mosaic makes."""
    near = View(side=CELL, crop=CELL // 3)
    image = piece(_ROOM, _PLACES[_ROOM])
    shown = [Cell(near.of(image), "Clean, 3 times enlarged")]
    for demosaic in (False, True):
        noisy = _noisy(image, {**_MOSAIC, "demosaic": demosaic}, 2)
        shown.append(Cell(near.of(noisy), "Behind a colour mosaic" if demosaic else "Without a mosaic"))
    worn = _noisy(image, {**_MOSAIC, "jpeg": 50}, 2)
    return Row("", [*shown, Cell(near.of(worn), "Behind a mosaic, JPEG 50")])


def _unseen() -> list[Row]:
    rows: list[Row] = []
    for seed, name in enumerate((_ROOM, _ROCKET)):
        image = piece(name, _PLACES[name])
        shots = {known: photograph(image, camera, seed) for known, camera in CAMERAS.items()}
        reference = next(iter(shots.values()))[1]
        cells = [
            Cell(noisy, known.capitalize(), f"{CAMERAS[known].electrons:g} electrons at white")
            for known, (noisy, _) in shots.items()
        ]
        rows.append(Row("", [Cell(image, "The photo"), Cell(reference, "Reference, by day"), *cells]))
    return rows


def _said(settings: Settings) -> str:
    """Return settings in a few words; JPEG 0 is none."""
    return ", ".join(f"{name} {value:g}" for name, value in settings.items() if value)


SHEETS = (
    DamageSheet(
        "degrade-white-noise",
        "White noise",
        "Gaussian noise of standard deviation σ/255 on the file's own values (`lab.degradations.noise`): "
        "every pixel and channel for itself. This is what the published tables measure, and what no camera "
        "makes. Pieces at the photos' own scale.",
        (_CAT, _BRUSHES),
        _white,
    ),
    DamageSheet(
        "degrade-camera-noise",
        "Camera noise, as trainings make it",
        "Shot and read noise in linear light, behind a colour mosaic, then the tone curve and JPEG "
        "(`lab.degradations.noise`). *gain* is the variance per unit of light, *read* the noise of the "
        "electronics in levels of 255, *jpeg* the quality. Dark places are noisier than bright ones, red and "
        "blue noisier than green; the mosaic turns single pixels into blotches, and JPEG these into blocks. "
        "The four columns are the ones that a training of the blind denoiser is examined on.",
        (_ROOM, _ROCKET),
        _camera,
    ),
    DamageSheet(
        "degrade-unseen-camera",
        "Camera noise, kept for examinations",
        "Another camera, which no recipe learns from (`lab.quality.unseen_camera`): photons are counted, "
        "rows have a noise of their own, the demosaicing looks at edges, a colour matrix and a contrast "
        "curve follow, then sharpening and JPEG. Results are held against the same photo through the same "
        "camera without noise; that is the second column, a little more contrasty and less sharp than the "
        "photo.",
        (_ROOM, _ROCKET),
        _unseen,
    ),
)
