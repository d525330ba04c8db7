"""Random settings of rust for training: each photo gets its own. The ranges are stated where they are drawn.

The gallery and the benchmarks do not use them: they name their settings.
"""

import numpy as np

from models.card import Value


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
