"""Papers that families of several tasks come from."""

from models.card import Paper

UNET = Paper(
    title="U-Net: Convolutional Networks for Biomedical Image Segmentation",
    authors="Ronneberger, Fischer, Brox",
    year=2015,
    link="https://arxiv.org/abs/1505.04597",
)

PRENET = Paper(
    title="Progressive Image Deraining Networks: A Better and Simpler Baseline",
    authors="Ren, Zuo, Hu, Zhu, Meng",
    year=2019,
    link="https://arxiv.org/abs/1901.09221",
)
