"""The families of networks that take away haze."""

from models.architectures.families.family import REACH, Family
from models.card import Paper, Task
from models.method import Network

MIXDEHAZENET = Family(
    network=Network(module="mixdehazenet:load", field_of_view=REACH, multiple_of=4, least_side=40),
    tasks=(Task.DEHAZE,),
    formula=r"\hat{J} = K \odot I - B + I, \qquad (K, B) = f_\theta(I)",
    explanation=(
        "A small U-Net whose blocks look at the picture through kernels of several sizes at once and weigh "
        "what they see by channel and by place. For every pixel it predicts a factor and an offset that "
        "take the haze off. Published ones are trained on haze that a computer painted: on real haze, "
        "above all dense or tinted, they leave much of it in place."
    ),
    paper=Paper(
        title="MixDehazeNet: Mix Structure Block For Image Dehazing Network",
        authors="Lu, Xiong, Xu, Chen",
        year=2023,
        link="https://arxiv.org/abs/2305.17654",
    ),
    licence="MIT",
)

AODNET = Family(
    network=Network(module="aodnet:load", field_of_view=7),  # kernels of 3, 5, 7 and 3 pixels
    tasks=(Task.DEHAZE,),
    formula=r"J = K(I) \odot I - K(I) + b",
    explanation=(
        "Airlight and transmission are folded into one map K, which five small layers estimate from the "
        "photo. With fewer than two thousand weights it is the smallest network here and fast anywhere. It "
        "sees seven pixels around each one, so it cannot tell a pale wall from haze, and it mostly darkens."
    ),
    paper=Paper(
        title="AOD-Net: All-in-One Dehazing Network",
        authors="Li, Peng, Wang, Xu, Feng",
        year=2017,
        link="https://arxiv.org/abs/1707.06543",
    ),
    licence="Apache-2.0",
)

GCANET = Family(
    network=Network(module="gcanet:load", field_of_view=REACH, multiple_of=2, least_side=16),
    tasks=(Task.DEHAZE,),
    formula=r"\hat{J} = I + f_\theta(I), \qquad F = \textstyle\sum_l M_l \odot F_l",
    explanation=(
        "Convolutions with gaps between their taps see far without shrinking the picture, and smoothing "
        "before each keeps the gaps from showing as a grid. A gate weighs what near and far layers found, "
        "and the result is added to the photo. It normalises by the mean and spread of the whole picture, "
        "so a tile of a large photo can come out different from the whole."
    ),
    paper=Paper(
        title="Gated Context Aggregation Network for Image Dehazing and Deraining",
        authors="Chen, He, Fan, Liao, Zhang, Hou, Yuan, Hua",
        year=2019,
        link="https://arxiv.org/abs/1811.08747",
    ),
    licence="Apache-2.0",
)

FAMILIES = {
    "mixdehazenet": MIXDEHAZENET,
    "aodnet": AODNET,
    "gcanet": GCANET,
}
"""Name → family. The name is what `models.toml` calls it."""
