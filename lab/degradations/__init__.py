"""Clean photos in, damaged photos and their true maps out: noise, haze and rust, from a seed.

The same photo, settings and seed give the same result on every machine, at most one 8-bit level apart:
random numbers come from NumPy's PCG64 alone, and everything up to the last rounding is float64.
"""

from lab.degradations import haze, noise, rust
from lab.degradations.degradation import Degradation
from models.card import Task

DEGRADATIONS: dict[Task, Degradation] = {
    each.task: each for each in (noise.DEGRADATION, haze.DEGRADATION, rust.DEGRADATION)
}
"""What `python -m lab degrade` offers, by task."""
