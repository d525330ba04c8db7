"""Patina's own generators, as cards: one idea after another on the same pictures. Nothing here imports torch.

`python -m lab ship` puts their weights, with a model card each, into `models/weights` and prints the SHA-256
and the size to write here. The first is what the Generate tab begins with.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from models.architectures.families import FAMILIES
from models.card import Card, Paper, Task
from models.source import Bundled, Weights

LICENCE = "Apache-2.0"
"""That of all weights on board; what they learnt from has its own, which `trained_on` names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """One way of training: what the critic (D) and the generator (G) learn from, and what that changed."""

    title: str
    family: str
    formula: str
    explanation: str
    paper: Paper


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageSet:
    """What generators learnt from: `title`, what an image of it shows, its terms, and the images' size.

    `trained` says in a sentence how.
    """

    title: str
    shows: str
    trained: str
    trained_on: str
    latent: int
    side: int
    channels: Literal[1, 3]


_NON_SATURATING = (
    r"\min_D\; -\mathbb{E}[\log \sigma(D(x))] - \mathbb{E}[\log(1 - \sigma(D(G(z))))], \qquad "
    r"\min_G\; -\mathbb{E}[\log \sigma(D(G(z)))]"
)
"""The losses of the first GAN and of DCGAN: they differ in their networks."""

RECIPES: Mapping[str, Recipe] = {
    "gan": Recipe(
        title="GAN",
        family="mlp-gan",
        formula=_NON_SATURATING,
        explanation=(
            "The first of its kind: a critic learns to tell real images from made ones, and the generator "
            "learns to be taken for real. Both are plain layers of neurons that know of no neighbouring "
            "pixels, so the images are grainy, and it easily makes a few kinds of image again and again."
        ),
        paper=Paper(
            title="Generative Adversarial Networks",
            authors="Goodfellow et al.",
            year=2014,
            link="https://arxiv.org/abs/1406.2661",
        ),
    ),
    "dcgan": Recipe(
        title="DCGAN",
        family="dcgan",
        formula=_NON_SATURATING,
        explanation=(
            "The same contest, but with convolutions on both sides and batch normalisation: each layer "
            "doubles the sides of a small map until it is an image. That took away the grain, and made GANs "
            "usable."
        ),
        paper=Paper(
            title=(
                "Unsupervised Representation Learning with Deep Convolutional Generative Adversarial Networks"
            ),
            authors="Radford, Metz, Chintala",
            year=2015,
            link="https://arxiv.org/abs/1511.06434",
        ),
    ),
    "lsgan": Recipe(
        title="LSGAN",
        family="dcgan",
        formula=(
            r"\min_D\; \tfrac12\mathbb{E}[(D(x) - 1)^2] + \tfrac12\mathbb{E}[D(G(z))^2], \qquad "
            r"\min_G\; \tfrac12\mathbb{E}[(D(G(z)) - 1)^2]"
        ),
        explanation=(
            "DCGAN's networks, judged by squares instead of logarithms: an image that fools the critic, but "
            "lies far from real ones, is still drawn nearer, so the generator gets a slope to follow for "
            "longer."
        ),
        paper=Paper(
            title="Least Squares Generative Adversarial Networks",
            authors="Mao, Li, Xie, Lau, Wang, Smolley",
            year=2017,
            link="https://arxiv.org/abs/1611.04076",
        ),
    ),
    "wgan": Recipe(
        title="WGAN",
        family="dcgan",
        formula=(
            r"\min_D\; \mathbb{E}[D(G(z))] - \mathbb{E}[D(x)], \; |w_D| \le 0.01, \qquad "
            r"\min_G\; -\mathbb{E}[D(G(z))]"
        ),
        explanation=(
            "The critic no longer judges but measures: how far made images lie from real ones (the "
            "Wasserstein distance), which falls while images get better. It must not be steep, and is held "
            "by clipping its weights, which makes it simple-minded and slow. Five of its steps go to one of "
            "the generator's."
        ),
        paper=Paper(
            title="Wasserstein GAN",
            authors="Arjovsky, Chintala, Bottou",
            year=2017,
            link="https://arxiv.org/abs/1701.07875",
        ),
    ),
    "wgan-gp": Recipe(
        title="WGAN-GP",
        family="dcgan",
        formula=(
            r"\min_D\; \mathbb{E}[D(G(z))] - \mathbb{E}[D(x)] + "
            r"10\,\mathbb{E}\big[(\lVert \nabla D(\hat x) \rVert_2 - 1)^2\big], \qquad "
            r"\min_G\; -\mathbb{E}[D(G(z))]"
        ),
        explanation=(
            "WGAN's distance, but the critic is held by a price on slopes other than 1 between real and made "
            "images, instead of by clipped weights. It trains calmly with many kinds of network; but five of "
            "its steps go to one of the generator's, and with as many images shown it is still behind."
        ),
        paper=Paper(
            title="Improved Training of Wasserstein GANs",
            authors="Gulrajani, Ahmed, Arjovsky, Dumoulin, Courville",
            year=2017,
            link="https://arxiv.org/abs/1704.00028",
        ),
    ),
    "modern": Recipe(
        title="Modern GAN",
        family="resnet-gan",
        formula=(
            r"\min_D\; \mathbb{E}[\mathrm{softplus}(D(G(z)) - D(x))] + "
            r"\tfrac{\gamma}{2}(\mathbb{E}\lVert \nabla D(x) \rVert^2 + "
            r"\mathbb{E}\lVert \nabla D(G(z)) \rVert^2), \qquad "
            r"\min_G\; \mathbb{E}[\mathrm{softplus}(D(x) - D(G(z)))]"
        ),
        explanation=(
            "What ten years came to: real and made images are judged against each other in pairs, so that "
            "fewer kinds of image are forgotten; the critic must be flat at both; and both networks are "
            "plain residual ones without any normalisation."
        ),
        paper=Paper(
            title="The GAN is dead; long live the GAN! A Modern GAN Baseline",
            authors="Huang, Gokaslan, Kuleshov, Tompkin",
            year=2024,
            link="https://arxiv.org/abs/2501.05441",
        ),
    ),
}

IMAGE_SETS: Mapping[str, ImageSet] = {
    "fashion": ImageSet(
        title="clothes",
        shows="Draws tiny grey pictures of clothes, shoes and bags",
        trained=(
            "This one is small, and all six that draw clothes were shown the same number of real images."
        ),
        trained_on="Fashion-MNIST (MIT): 60,000 grey pictures of clothes.",
        latent=64,
        side=28,
        channels=1,
    ),
    "cifar": ImageSet(
        title="CIFAR-10",
        shows="Draws tiny pictures of animals and vehicles",
        trained=(
            "This one is small and was trained for some minutes on a processor: shapes are more hinted at "
            "than drawn."
        ),
        trained_on="CIFAR-10 (for research use): 50,000 pictures in ten classes.",
        latent=64,
        side=32,
        channels=3,
    ),
    "flowers": ImageSet(
        title="flowers",
        shows="Draws small pictures of flowers",
        trained=(
            "This one is small and learnt from few photos, changed by chance so that its critic could not "
            "learn them by heart."
        ),
        trained_on="4,317 flower photos (no licence stated, not redistributed).",
        latent=64,
        side=64,
        channels=3,
    ),
}


def on_board(images: str, recipe: str, *, sha256: str, bytes: int) -> Card:  # noqa: A002 - as in Weights
    """Return the card of the weights in `models/weights/generate-IMAGES-RECIPE.safetensors`."""
    of, way = IMAGE_SETS[images], RECIPES[recipe]
    id = f"generate-{images}-{recipe}"  # noqa: A001 - as on the card
    family = FAMILIES[way.family].sized(latent=of.latent, side=of.side, channels=of.channels)
    card = family.card(
        id=id,
        task=Task.GENERATE,
        title=f"{way.title}, {of.title}",
        summary=f"{of.shows}, {of.side} × {of.side} pixels.",
        trained=of.trained,
        weights=Weights(
            source=Bundled(f"{id}.safetensors"),
            sha256=sha256,
            bytes=bytes,
            licence=LICENCE,
            trained_on=of.trained_on,
        ),
    )
    return replace(card, formula=way.formula, explanation=f"{way.explanation} {of.trained}", paper=way.paper)


CARDS: tuple[Card, ...] = (
    on_board(
        "fashion",
        "modern",
        sha256="c9f981a677d3293f4cd4f89a116bb9ec5b90b86e1316907ede1c95ace5a4642c",
        bytes=599_896,
    ),
    on_board(
        "flowers",
        "modern",
        sha256="555c2f45164572dc9424bf90deba4a02c6dc46cbfde9d3875aeec4a6e88a252d",
        bytes=748_712,
    ),
    on_board(
        "fashion",
        "wgan-gp",
        sha256="76987f668f639d9100c01b26108e56a4190a2e2b413476271eb01ff5aa8d6c38",
        bytes=491_874,
    ),
    on_board(
        "fashion",
        "lsgan",
        sha256="043f84e3819e8a4e53a532e516c3aee1e8188d7ca5b1ed12c849bc4a2dce78f1",
        bytes=491_874,
    ),
    on_board(
        "fashion",
        "wgan",
        sha256="93f600c397901d2d031fc2549e22290fb8610df705edc167dadaec596c356582",
        bytes=491_874,
    ),
    on_board(
        "fashion",
        "dcgan",
        sha256="47e3825db9d4010d7ccc0ffe832363cb88583f0e3c4ac5860a3f68c4a443bfee",
        bytes=982_268,
    ),
    on_board(
        "fashion",
        "gan",
        sha256="4eac4f0578e3bb7db7b2653ea1454da264463abb8d522a016d6c16c6655472ff",
        bytes=1_101_312,
    ),
    on_board(
        "cifar",
        "modern",
        sha256="fc615573f7d0a464d81e3081dc348765d9d59494d1a5ef44127f0bf6d2b55e17",
        bytes=793_064,
    ),
    on_board(
        "cifar",
        "wgan-gp",
        sha256="dfc3fb26d1a1eeb48af2151b4856d52f284dd180176d9ce1be878dded25482d6",
        bytes=1_178_638,
    ),
)
