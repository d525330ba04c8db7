"""The families of networks that make images from random numbers."""

from dataclasses import replace
from pathlib import Path

from models.architectures.families.family import Family
from models.card import Control, Paper, Task
from models.method import Generator

TRUNCATION = Control(
    name="truncation",
    label="Truncation",
    kind="number",
    default=1.0,
    minimum=0.0,
    maximum=1.0,
    step=0.05,
    help=(
        "Draws the random numbers towards the middle: images become more typical and more alike. 1 is as it "
        "was learnt."
    ),
)
"""Every generator's: the latent is multiplied by it (as in the demonstration of Brock et al. 2019)."""

MLP_GAN = Family(
    network=Generator(module="mlp_gan:load", latent=64, side=28, channels=1, first_layer="layers.0.weight"),
    tasks=(Task.GENERATE,),
    controls=(TRUNCATION,),
    formula=r"G(z) = \sigma(W_3\, \mathrm{relu}(W_2\, \mathrm{relu}(W_1 z))), \quad z \sim \mathcal{N}(0, I)",
    explanation=(
        "Random numbers go through layers of plain neurons, the last of which are the pixels. Nothing in it "
        "knows that pixels have neighbours, so its images are grainy."
    ),
    paper=Paper(
        title="Generative Adversarial Networks",
        authors="Goodfellow et al.",
        year=2014,
        link="https://arxiv.org/abs/1406.2661",
    ),
    licence="Apache-2.0",
)

RESNET_GAN = Family(
    network=Generator(module="resnet_gan:load", latent=64, side=64, first_layer="seed.weight"),
    tasks=(Task.GENERATE,),
    controls=(TRUNCATION,),
    formula=r"G(z), \quad z \sim \mathcal{N}(0, I)",
    explanation=(
        "Random numbers become a tiny map of features; residual blocks without normalisation change it, and "
        "its sides double between them until it is an image. What its images show, and how well, is its "
        "training's affair."
    ),
    paper=Paper(
        title="The GAN is dead; long live the GAN! A Modern GAN Baseline",
        authors="Huang, Gokaslan, Kuleshov, Tompkin",
        year=2024,
        link="https://arxiv.org/abs/2501.05441",
    ),
    licence="Apache-2.0",
)

DCGAN = Family(
    network=Generator(module="dcgan:load", latent=128, side=32, first_layer="linear0.weight"),
    tasks=(Task.GENERATE,),
    controls=(TRUNCATION,),
    formula=r"G(z), \quad z \sim \mathcal{N}(0, I)",
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
    controls=(TRUNCATION,),
    formula=r"G(z), \qquad F_\mathrm{high} \leftarrow F_\mathrm{high} \odot s(F_\mathrm{low})",
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
        replace(
            TRUNCATION,
            help=(
                "Draws the random numbers towards the middle: images become more typical and more alike. 1 "
                "is the 0.5 that this network's normalisation was measured for."
            ),
        ),
    ),
    formula=r"G(z, c)",
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
    "mlp-gan": MLP_GAN,
    "resnet-gan": RESNET_GAN,
    "dcgan": DCGAN,
    "fastgan": FASTGAN,
    "biggan-deep": BIGGAN_DEEP,
}
"""Name → family. The name is what `models.toml` calls it."""
