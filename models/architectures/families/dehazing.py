"""The families of networks that take away haze."""

from models.architectures.families import papers
from models.architectures.families.family import REACH, TILE_BYTES, Family
from models.card import Paper, Task
from models.classical.airlight import AIRLIGHT
from models.method import Network

MIXDEHAZENET = Family(
    network=Network(
        module="mixdehazenet:load",
        field_of_view=REACH,
        multiple_of=4,
        least_side=40,
        tile_pixels=TILE_BYTES // 1_900,
    ),
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

_STAGES = {"transmission": "Transmission", "airlight": "Airlight"}

# A network for haze sees one tile of a large photo, and the airlight takes the whole photo to tell. So it is
# read from the whole photo, and each tile is told the same: nothing differs between neighbours.
_TOLD = tuple(control.name for control in AIRLIGHT)

DEHAZE_UNET = Family(
    network=Network(module="dehaze_unet:load", field_of_view=192, multiple_of=32, conditions=_TOLD),
    tasks=(Task.DEHAZE,),
    controls=AIRLIGHT,
    formula=r"J = \frac{I - A}{t} + A + r, \qquad (t, A, r) = f_\theta(I, A_0)",
    explanation=(
        "A small U-Net finds how thick the haze is at each place and corrects the airlight that was read "
        "from the whole photo; the physical law of haze then gives the clear photo, and a small addition "
        "mends what noise and JPEG have spoilt. It learnt on haze that a computer painted: what is too dense "
        "to see through stays, and pale smooth walls it may take for haze."
    ),
    paper=papers.UNET,
    licence="Apache-2.0",
    stages=_STAGES,
)

DEHAZE_RECURRENT = Family(
    network=Network(
        module="dehaze_recurrent:load",
        options={"steps": 4},
        field_of_view=96,
        multiple_of=16,
        conditions=_TOLD,
    ),
    tasks=(Task.DEHAZE,),
    controls=AIRLIGHT,
    formula=r"h_k = \mathrm{GRU}_\theta(I, J_{k-1}, A_0, h_{k-1}), \qquad"
    r" J_k = \frac{I - A_k}{t_k} + A_k + r_k",
    explanation=(
        "One small network is used four times: it sees the hazy photo beside its own last result, keeps in "
        "mind what it found, and corrects itself; each step can be looked at. It is slower than the U-Net "
        "and sees less far, so wide even surfaces are harder for it. It learnt on haze that a computer "
        "painted."
    ),
    paper=papers.PRENET,
    licence="Apache-2.0",
    stages={**_STAGES, **{f"step-{number}": f"Step {number}" for number in (1, 2, 3, 4)}},
)

FAMILIES = {
    "mixdehazenet": MIXDEHAZENET,
    "aodnet": AODNET,
    "gcanet": GCANET,
    "dehaze-unet": DEHAZE_UNET,
    "dehaze-recurrent": DEHAZE_RECURRENT,
}
"""Name → family. The name is what `models.toml` calls it."""
