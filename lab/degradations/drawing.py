"""Random settings for training: each photo of an epoch gets its own damage.

All return settings for the degradation of their name; the ranges are stated where they are drawn. The gallery
and the benchmarks do not use them: they name their settings.
"""

import numpy as np

from models.card import Value


def noise_settings(rng: np.random.Generator) -> dict[str, Value]:
    """Return settings of blind denoising: σ 0–50 or camera noise; JPEG 40–95 half the time."""
    jpeg = _jpeg(rng, 40)
    if rng.random() < 0.5:
        return {"sigma": float(rng.uniform(0, 50)), "jpeg": jpeg}
    gain, read = np.exp(rng.uniform(np.log(0.0005), np.log(0.05))), rng.uniform(0, 5)
    return {"sigma": 0.0, "gain": float(gain), "read": float(read), "jpeg": jpeg}


def haze_settings(rng: np.random.Generator) -> dict[str, Value]:
    """Return settings after RIDCP's recipe (Wu et al. 2023).

    β 0.3–1.5, A 0.25–1, gamma 1.5–3 (the target keeps the clean photo's own brightness), noise and JPEG half
    the time, over all the made scenes.
    """
    worn = rng.random() < 0.5
    return {
        "beta": float(rng.uniform(0.3, 1.5)),
        "airlight": float(rng.uniform(0.25, 1)),
        "scene": str(rng.choice(["horizon", "ramp", "cloud", "mixed"])),
        "horizon": float(rng.uniform(0, 0.7)),
        "patches": float(rng.uniform(0, 0.3)),
        "gamma": float(rng.uniform(1.5, 3)),
        "noise": float(rng.uniform(0, 8)) if worn else 0.0,
        "jpeg": int(rng.integers(60, 96)) if worn else 0,
    }


def rust_settings(rng: np.random.Generator) -> dict[str, Value]:
    """Return settings from thin stains to scale; T is lognormal with median 0.3 and σ 0.9, in [0.03, 4].

    One in eight is foxing: many small spots that only absorb, their density D from 0.05 to 1.5.
    """
    if rng.random() < 0.125:
        return _foxing(rng)
    thickness = 0.3 * np.exp(0.9 * rng.standard_normal())
    return {
        "cover": float(rng.uniform(0.03, 0.4)),
        "thickness": float(np.clip(thickness, 0.03, 4)),
        "blend": str(rng.choice(["fresh", "mixed", "old"])),
        "seeds": int(rng.integers(4, 21)),
        "spread": float(rng.uniform(0.04, 0.15)),
        "clustering": float(rng.uniform(0.5, 4)),
        "roughness": float(rng.uniform(0.3, 0.8)),
        "edge": float(rng.uniform(0.05, 0.3)),
        "streaks": float(rng.choice([0.0, 0.5, 1.0, 1.5])),
        "run": float(rng.uniform(0.06, 0.25)),
        "blur": float(rng.uniform(0.5, 2.5)),
        "relief": float(rng.uniform(0.1, 0.5)),
        **_worn(rng),
    }


def _foxing(rng: np.random.Generator) -> dict[str, Value]:
    return {
        "layer": "stain",
        "cover": float(rng.uniform(0.03, 0.3)),
        "thickness": float(rng.uniform(0.05, 1.5)),
        "seeds": int(rng.integers(8, 61)),
        "spread": float(rng.uniform(0.02, 0.08)),
        "clustering": float(rng.uniform(1.5, 5)),
        "roughness": float(rng.uniform(0.4, 0.9)),
        "edge": float(rng.uniform(0.1, 0.5)),
        "streaks": 0.0,
        "blur": 0.0,
        "relief": 0.0,
        **_worn(rng),
    }


def _worn(rng: np.random.Generator) -> dict[str, Value]:
    return {"noise": float(rng.uniform(0, 8)), "jpeg": int(rng.integers(60, 96))}


def _jpeg(rng: np.random.Generator, lowest: int) -> int:
    return int(rng.integers(lowest, 96)) if rng.random() < 0.5 else 0
