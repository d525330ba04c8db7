"""Kubelka–Munk: the colour of a translucent layer of pigment on a surface, in linear light.

A layer of thickness X scatters (S) and absorbs (K). With the scattering S taken as 1, so that thickness is
counted in units of 1/S, its colour follows from the surface below it, X, and the pigment's R∞: the
reflectance of a layer so thick that nothing shows through. (Kubelka and Munk 1931; Kubelka 1948,
doi:10.1364/JOSA.38.000448.)
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Reflectance = NDArray[Any]
"""Linear light in (0, 1), last axis RGB; float32 or float64."""

PIGMENTS: dict[str, tuple[float, float, float]] = {
    "goethite": (0.355, 0.159, 0.049),
    "hematite": (0.322, 0.064, 0.032),
    "lepidocrocite": (0.594, 0.226, 0.070),
    "ferrihydrite": (0.164, 0.039, 0.015),
}
"""R∞ of the minerals of rust, linear RGB, from Munsell values of soil minerals (fine grains; lepidocrocite
coarse)."""


def reflectance(substrate: Reflectance, thickness: Reflectance, pigment: Reflectance) -> Reflectance:
    """Return the reflectance of a layer of `pigment` (R∞) and `thickness` X ≥ 0 on `substrate` (g).

    With q = exp(−X(1/R∞ − R∞)),
    R = [q(g − R∞)/R∞ − R∞(g − 1/R∞)] / [q(g − R∞) − (g − 1/R∞)].
    This form has no growing exponential, so that it is safe in float32. `substrate` and `pigment` are
    (…, 3), `thickness` is (…, 1) or (…, 3); they broadcast. X = 0 gives the substrate, X → ∞ the pigment.

    >>> white, goethite = np.ones(3), np.array(PIGMENTS["goethite"])
    >>> reflectance(white, np.zeros(1), goethite).tolist()
    [1.0, 1.0, 1.0]
    >>> reflectance(white, np.array([0.3]), goethite).round(3).tolist()
    [0.712, 0.31, 0.051]
    """
    inverse = 1 / pigment
    q = np.exp(-thickness * (inverse - pigment))
    above, below = substrate - pigment, substrate - inverse
    return (q * above * inverse - pigment * below) / (q * above - below)


def mix(shares: Reflectance, pigments: Reflectance) -> Reflectance:
    """Return R∞ of a mixture of n `pigments` (n, 3) in `shares` (…, n) that sum to 1.

    Absorption and scattering add up, so K/S = (1 − R∞)²/(2R∞) is averaged by share, and
    R∞ = 1 + K/S − √((K/S)² + 2·K/S).

    >>> both = np.array([PIGMENTS["goethite"], PIGMENTS["hematite"]])
    >>> mix(np.array([1.0, 0.0]), both).round(3).tolist()
    [0.355, 0.159, 0.049]
    """
    absorption = shares @ ((1 - pigments) ** 2 / (2 * pigments))
    return 1 + absorption - np.sqrt(absorption**2 + 2 * absorption)


def substrate(layered: Reflectance, thickness: Reflectance, pigment: Reflectance) -> Reflectance:
    """Return the reflectance g below a layer: the inverse of `reflectance` in its first argument.

    g = (1 − q + R(q·R∞ − 1/R∞)) / (R∞ − R + q(R − 1/R∞)). Exact, but under a thick layer (q near 0) the
    smallest error of `layered` (R) is blown up without bound; R = R∞ there gives 0/0, which comes back as the
    pigment.

    >>> goethite = np.array(PIGMENTS["goethite"])
    >>> grey, thin = np.full(3, 0.5), np.array([0.2])
    >>> substrate(reflectance(grey, thin, goethite), thin, goethite).round(6).tolist()
    [0.5, 0.5, 0.5]
    """
    inverse = 1 / pigment
    q = np.exp(-thickness * (inverse - pigment))
    above = 1 - q + layered * (q * pigment - inverse)
    below = pigment - layered + q * (layered - inverse)
    safe = np.where(below == 0, 1, below)
    return np.where(below == 0, pigment, above / safe)
