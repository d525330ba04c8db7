"""The networks that come with Patina, as cards. Nothing here imports torch.

`python -m lab ship` puts their weights, with a model card each, into `models/weights` and prints the SHA-256
and the size to write here. Of each task the first is what its tab begins with.
"""

from models.architectures.families import FAMILIES
from models.card import Card
from models.source import Bundled, Weights

LICENCE = "Apache-2.0"
"""That of all weights on board; what they learnt from has its own, which `trained_on` names."""


def on_board(
    id: str,  # noqa: A002 - as on the card
    *,
    family: str,
    title: str,
    summary: str,
    trained: str,
    sha256: str,
    bytes: int,  # noqa: A002 - as in Weights
    trained_on: str,
) -> Card:
    """Return the card of the weights in `models/weights/ID.safetensors`, networks of `family`.

    `trained` and the rest are as in `Family.card` and `Weights`.
    """
    return FAMILIES[family].card(
        id=id,
        task=FAMILIES[family].tasks[0],
        title=title,
        summary=summary,
        trained=trained,
        weights=Weights(
            source=Bundled(f"{id}.safetensors"),
            sha256=sha256,
            bytes=bytes,
            licence=LICENCE,
            trained_on=trained_on,
        ),
    )


_PHOTOS = "Photos of BSDS500 (for research use) and ImageNet (for research use)"
_HAZE = (
    f"{_PHOTOS}, and rooms with measured depth of 7-Scenes and Middlebury (BSD-style and for research use), "
    "with painted haze."
)
_RUST = (
    f"{_PHOTOS}, with rust painted by pigment theory, and cut-outs of real rust (no licence stated, not "
    "redistributed)."
)

CARDS: tuple[Card, ...] = (
    on_board(
        "denoise-blind",
        family="denoise-blind",
        title="U-Net for real photos",
        summary=(
            "Takes the noise of cameras out of photos, and what JPEG made of it, without being told how "
            "strong it is."
        ),
        trained=(
            "It has no knob; where it takes too much or too little, the U-Net with a noise level can be told."
        ),
        sha256="33b37a197ad0d25c085dfa6d2bd5ae5be02a93f8ebf8d09d8232b5aac69c9c12",
        bytes=1_553_128,
        trained_on=f"{_PHOTOS}, with the noise of simulated cameras and JPEG.",
    ),
    on_board(
        "denoise-unet",
        family="denoise-unet",
        title="U-Net",
        summary="Takes away even noise of the level you set, with a small network made for any computer.",
        trained="This one learnt noise levels from 0 to 55; stronger noise it has not seen.",
        sha256="f32c8c9e04f0fdb976f630e39c1df1e07aada103c222edfc92402b47813a66b6",
        bytes=3_597_568,
        trained_on=f"{_PHOTOS}, with white Gaussian noise added.",
    ),
    on_board(
        "denoise-unet-fast",
        family="denoise-unet",
        title="Fast U-Net, for large photos",
        summary="Takes away even noise of the level you set, quickly enough for very large photos.",
        trained=(
            "This one is narrow where pixels are many: it is about three times as fast as the U-Net and "
            "keeps a little less fine texture. It learnt noise levels from 0 to 55."
        ),
        sha256="e3d952ffd2c4c5147c76e579b1dfec1660936b14169d8a593fcd7ef2a1287ae8",
        bytes=1_593_600,
        trained_on=f"{_PHOTOS}, with white Gaussian noise added.",
    ),
    on_board(
        "denoise-recurrent",
        family="denoise-recurrent",
        title="Recurrent network",
        summary="Takes away even noise of the level you set in four steps, each of which can be looked at.",
        trained=(
            "This one learnt noise levels from 0 to 55, and blurs more than the U-Nets: it is here to be "
            "watched."
        ),
        sha256="481a62bb4de1e48a5389bd000d829d0a457b6a381547cd718b4bc21f5e909077",
        bytes=207_496,
        trained_on=f"{_PHOTOS}, with white Gaussian noise added.",
    ),
    on_board(
        "dehaze-unet",
        family="dehaze-unet",
        title="U-Net",
        summary=(
            "Finds how thick the haze is at each place with a small network, and takes it off by its "
            "physical law."
        ),
        trained=(
            "This one leaves skies more natural than the dark channel prior does; pale, even ones it may "
            "tint. Dense haze in rooms it takes off no better."
        ),
        sha256="3b0b1500da318792bd80b8ccfea71d9e0412938c842b5ffb41b66c8137e20d07",
        bytes=1_911_574,
        trained_on=_HAZE,
    ),
    on_board(
        "dehaze-recurrent",
        family="dehaze-recurrent",
        title="Recurrent network",
        summary="Takes haze off in four steps, each of which can be looked at.",
        trained=(
            "This one sets halos around what stands out of pale water or clouds, and makes photos darker "
            "than the U-Net does: it is here to be watched."
        ),
        sha256="0bcfa9ae00d7582a526bae0ddd889e792654a127078c5398dfd864855696ce69",
        bytes=641_686,
        trained_on=_HAZE,
    ),
    on_board(
        "derust-unet",
        family="derust-unet",
        title="U-Net",
        summary="Finds rust with a small network, and puts back the surface there and nowhere else.",
        trained=(
            "This one learnt from cut-outs of real rust too. Thick cores it fills with dull or pale spots, "
            "and beside rust it takes some brown fur, soil and leaves for rust: there, paint."
        ),
        sha256="c97cabaf3b336ea574628a10bd779a2f7003a927d67292bf701f5ea5343d4e53",
        bytes=1_819_152,
        trained_on=_RUST,
    ),
    on_board(
        "derust-pix2pix",
        family="derust-pix2pix",
        title="pix2pix, learnt against a critic",
        summary="Finds rust and puts back the surface; a second network judged whether it looked true.",
        trained=(
            "This one began with an earlier U-Net, and takes off about as much rust as the present one. "
            "Thick cores it fills with pale spots all the same."
        ),
        sha256="909fc1d486a545396f2501c071cbcb17aa695ab5e7bf26abd7df90b5c18911ec",
        bytes=3_088_032,
        trained_on=_RUST,
    ),
    on_board(
        "derust-recurrent",
        family="derust-recurrent",
        title="Recurrent network",
        summary="Takes rust off in four steps, each of which can be looked at.",
        trained=(
            "This one finds less rust than the U-Net, and leaves specks where it was thick: it is here to be "
            "watched."
        ),
        sha256="a13da4f9b80fe149c578e00a221cb01f1be05ecef8379a1f3dcd555ea94e5197",
        bytes=666_360,
        trained_on=_RUST,
    ),
)
"""By task; of each, the one that serves most visitors best stands first."""
