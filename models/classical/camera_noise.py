"""How strong noise is that a camera has smoothed: correlated between neighbours, so no longer white.

Demosaicing, a camera's own filter and JPEG take the finest part of noise away, and estimators of white noise
then find next to nothing in a photo that is visibly grainy.
"""

import numpy as np

from models.method import Pixels

_BLOCK = 8  # side of the blocks, in pixels: those of JPEG, so that its edges fall between them
_ROOM = 0.06  # blocks nearer to black or white are left out: clipping has cut their noise
_LEAST_BLOCKS = 200
_FLATTEST = 2  # per cent
# Noise is about as strong in the flattest blocks as in the next ones; texture is not. Measured on the
# gallery: p10/p1 is 1.2 to 1.5 with camera noise, and 1.5 to 3.4 on clean pictures full of texture.
_EVEN = 1.6
# A denoiser for white noise must be told more than the standard deviation of correlated noise. Measured on
# the gallery's three photos with camera noise: the best setting is 1.8 to 2.3 times it for the classical
# methods, 3.2 to 4.1 times for Patina's U-Net, which keeps what is correlated more faithfully.
CLASSICAL, NETWORK = 1.8, 3.6
# Where white noise alone explains this share of the flattest blocks, the noise is white.
_WHITE_SHARE = 0.5


def white_equivalent(crops: list[Pixels], white: float, times: float = CLASSICAL) -> float:
    """Return the level to denoise with, in [0, 1], given what an estimator of `white` noise has found.

    `crops` are (height, width, 3) float32 in [0, 1]; the flattest blocks in them tell how strong the noise
    is in all, and the answer is `times` that. It is `white` itself where that explains them, where too few
    blocks are usable, and where they are so unlike that they show texture and not noise.
    """
    deviations = np.concatenate([_deviations(crop) for crop in crops])
    if len(deviations) < _LEAST_BLOCKS:
        return white
    first, flattest, tenth = np.percentile(deviations, (1, _FLATTEST, 10))
    if tenth > _EVEN * first or white > _WHITE_SHARE * flattest:
        return white
    return float(times * flattest)


def _deviations(crop: Pixels) -> Pixels:
    """Return the standard deviation of each usable block around its own slope, over the three channels."""
    height, width = (side // _BLOCK * _BLOCK for side in crop.shape[:2])
    blocks = crop[:height, :width].reshape(height // _BLOCK, _BLOCK, width // _BLOCK, _BLOCK, 3)
    blocks = blocks.transpose(0, 2, 4, 1, 3).reshape(-1, 3, _BLOCK * _BLOCK)
    means = blocks.mean(axis=2)
    blocks = blocks[np.logical_and(means > _ROOM, means < 1 - _ROOM).all(axis=1)]
    slopes = _slopes()
    residues = blocks - (blocks @ slopes) @ slopes.T
    freedom = 3 * (_BLOCK * _BLOCK - slopes.shape[1])
    return np.sqrt(np.sum(residues**2, axis=(1, 2)) / freedom)


def _slopes() -> Pixels:
    """Return an orthonormal basis of flat and evenly sloping blocks, (pixels of a block, 3)."""
    rows, columns = np.mgrid[:_BLOCK, :_BLOCK].reshape(2, -1) - (_BLOCK - 1) / 2
    basis, _ = np.linalg.qr(np.stack([np.ones(_BLOCK * _BLOCK), rows, columns], axis=1))
    return basis.astype(np.float32)
