"""The families of networks that make images from random numbers."""

from pathlib import Path

from models.architectures.families.family import Family
from models.card import Control, Paper, Task
from models.method import Generator

DCGAN = Family(
    network=Generator(module="dcgan:load", latent=128, side=32),
    tasks=(Task.GENERATE,),
    formula=r"x = G(z), \quad z \sim \mathcal{N}(0, I)",
    explanation=(
        "Random numbers become a tiny map of features, and each layer doubles its sides until it is an "
        "image. It is the classic, small and quick generator. It knows nothing but what it was trained on, "
        "cannot be told what to draw, and its images are small and often only roughly right."
    ),
    paper=Paper(
        title="Unsupervised Representation Learning with Deep Convolutional Generative Adversarial Networks",
        authors="Radford, Metz, Chintala",
        year=2015,
        link="https://arxiv.org/abs/1511.06434",
    ),
    licence="Apache-2.0",
)

FASTGAN = Family(
    network=Generator(module="fastgan:load", latent=256, side=1024),
    tasks=(Task.GENERATE,),
    formula=r"x = G(z), \qquad F_\mathrm{high} \leftarrow F_\mathrm{high} \odot s(F_\mathrm{low})",
    explanation=(
        "A light generator that learns from a hundred to a thousand pictures: what its small early maps "
        "found switches channels of the large late ones on and off. With so few pictures it learns their "
        "look, not their world: results resemble the training pictures closely, and structure falls apart "
        "in places."
    ),
    paper=Paper(
        title="Towards Faster and Stabilized GAN Training for High-fidelity Few-shot Image Synthesis",
        authors="Liu, Zhu, Song, Elgammal",
        year=2021,
        link="https://arxiv.org/abs/2101.04775",
    ),
    licence="Apache-2.0",
)

# The names torchvision gives them, in the order of their numbers.
_IMAGENET = tuple(Path(__file__).with_name("imagenet.txt").read_text(encoding="utf-8").splitlines())

BIGGAN_DEEP = Family(
    network=Generator(
        module="biggan_deep:load", options={"truncation": 0.5}, latent=128, side=128, classes=_IMAGENET
    ),
    tasks=(Task.GENERATE,),
    controls=(
        Control(
            name="class",
            label="Class",
            kind="choice",
            default=_IMAGENET[0],
            choices=_IMAGENET,
            help="What the image should show: one of ImageNet's thousand classes.",
        ),
    ),
    formula=r"x = G(z, c)",
    explanation=(
        "A large generator for the thousand classes of ImageNet: the class steers the normalisation of every "
        "layer. Objects and animals with a clear shape come out well; people, text, and things that must be "
        "counted do not."
    ),
    paper=Paper(
        title="Large Scale GAN Training for High Fidelity Natural Image Synthesis",
        authors="Brock, Donahue, Simonyan",
        year=2019,
        link="https://arxiv.org/abs/1809.11096",
    ),
    licence="Apache-2.0",
)

FAMILIES = {
    "dcgan": DCGAN,
    "fastgan": FASTGAN,
    "biggan-deep": BIGGAN_DEEP,
}
"""Name → family. The name is what `models.toml` calls it."""
