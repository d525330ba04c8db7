"""The families of networks that take away noise, blocks and blur."""

from dataclasses import replace

from models.architectures.families import papers
from models.architectures.families.family import REACH, TILE_BYTES, Family
from models.card import Control, Paper, Task
from models.classical.noise_level import NETWORK_NOISE_LEVEL, NOISE_LEVEL
from models.method import Network

DRUNET = Family(
    network=Network(
        module="drunet:load",
        field_of_view=REACH,
        multiple_of=8,
        conditions=("noise_level",),
        tile_pixels=TILE_BYTES // 2_200,
    ),
    tasks=(Task.DENOISE,),
    controls=(NOISE_LEVEL,),
    formula=r"\hat{x} = f_\theta(y, \sigma)",
    explanation=(
        "A U-Net of residual blocks that is told how strong the noise is: a map of the noise level comes in "
        "as a fourth channel, so one network serves all levels. It is made for even, independent noise; "
        "grain that a camera or JPEG has smoothed it takes for detail unless the level is raised, and then "
        "fine texture goes with it."
    ),
    paper=Paper(
        title="Plug-and-Play Image Restoration with Deep Denoiser Prior",
        authors="Zhang, Li, Zuo, Zhang, Van Gool, Timofte",
        year=2021,
        link="https://arxiv.org/abs/2008.13751",
    ),
    licence="MIT",
)

NAFNET = Family(
    network=Network(
        module="nafnet:load", field_of_view=REACH, multiple_of=16, tile_pixels=TILE_BYTES // 4_900
    ),
    tasks=(Task.DENOISE,),
    formula=r"\hat{x} = y + f_\theta(y), \qquad \mathrm{Gate}(u, v) = u \odot v",
    explanation=(
        "A U-Net without activation functions: where others bend values with a ReLU or GELU, it multiplies "
        "one half of its channels by the other. It finds out itself how strong the damage is and has no "
        "knob. It weighs its channels by their mean over the picture, so a tile of a large photo can come "
        "out slightly different from the whole, and damage unlike that of its training is left in place."
    ),
    paper=Paper(
        title="Simple Baselines for Image Restoration",
        authors="Chen, Chu, Zhang, Sun",
        year=2022,
        link="https://arxiv.org/abs/2204.04676",
    ),
    licence="MIT",
)

SCUNET = Family(
    network=Network(
        module="scunet:load",
        tile_pixels=TILE_BYTES // 6_000,
        field_of_view=REACH,
        multiple_of=64,
        precisions=("float16", "float32"),  # spandrel declares half precision supported
    ),
    tasks=(Task.DENOISE,),
    formula=r"\hat{x} = f_\theta(y), \qquad"
    r" \mathrm{SC}(u, v) = u + W\,[\mathrm{Swin}(u);\, \mathrm{Conv}(v)]",
    explanation=(
        "A U-Net whose blocks look at the picture in two ways at once: with attention inside shifted "
        "windows, for what repeats, and with convolutions, for what is near. It finds out itself how noisy "
        "the photo is. It cannot be told to take away less, and smooths fine texture that looks like grain."
    ),
    paper=Paper(
        title="Practical Blind Image Denoising via Swin-Conv-UNet and Data Synthesis",
        authors="Zhang, Li, Liang, Cao, Zhang, Tang, Fan, Timofte, Van Gool",
        year=2023,
        link="https://arxiv.org/abs/2203.13278",
    ),
    licence="Apache-2.0",
)

SWINIR = Family(
    network=Network(
        module="swinir:load",
        field_of_view=REACH,
        multiple_of=8,
        least_side=16,
        tile_pixels=TILE_BYTES // 10_700,
    ),
    tasks=(Task.DENOISE,),
    formula=r"\hat{x} = y + f_\theta(y), \qquad"
    r" \mathrm{Attention}(Q, K, V) = \mathrm{softmax}(QK^\top / \sqrt{d} + B)\,V",
    explanation=(
        "A transformer at full resolution: attention inside small windows, which are shifted from layer to "
        "layer so that the picture hangs together. Each checkpoint is trained for one strength of noise or "
        "of JPEG compression, and does badly at others. It is slow on a processor without a graphics card."
    ),
    paper=Paper(
        title="SwinIR: Image Restoration Using Swin Transformer",
        authors="Liang, Cao, Sun, Zhang, Van Gool, Timofte",
        year=2021,
        link="https://arxiv.org/abs/2108.10257",
    ),
    licence="Apache-2.0",
)

DNCNN = Family(
    network=Network(module="dncnn:load", field_of_view=20),  # 20 layers of 3 × 3
    tasks=(Task.DENOISE,),
    formula=r"\hat{x} = y - f_\theta(y)",
    explanation=(
        "A plain stack of convolutions that predicts the noise, which is then subtracted. It is trained for "
        "one strength of noise or a range of them, and sees only some twenty pixels around each one: coarse "
        "blotches are too large for it and stay."
    ),
    paper=Paper(
        title="Beyond a Gaussian Denoiser: Residual Learning of Deep CNN for Image Denoising",
        authors="Zhang, Zuo, Chen, Meng, Zhang",
        year=2017,
        link="https://doi.org/10.1109/TIP.2017.2662206",
    ),
    licence="MIT",
)

FDNCNN = Family(
    network=Network(module="fdncnn:load", field_of_view=20, conditions=("noise_level",)),
    tasks=(Task.DENOISE,),
    controls=(NOISE_LEVEL,),
    formula=r"\hat{x} = f_\theta(y, \sigma)",
    explanation=(
        "DnCNN with a knob: a plain stack of convolutions that is told the noise level as a fourth channel. "
        "It is made for even, independent noise and sees only some twenty pixels around each one: coarse "
        "blotches are too large for it and stay."
    ),
    paper=Paper(
        title="FFDNet: Toward a Fast and Flexible Solution for CNN-Based Image Denoising",
        authors="Zhang, Zuo, Zhang",
        year=2018,
        link="https://arxiv.org/abs/1710.04026",
    ),
    licence="MIT",
)

QUALITY = Control(
    name="quality",
    label="JPEG quality",
    kind="integer",
    default=0,
    minimum=0,
    maximum=100,
    help="The quality the photo was saved with, which says how strong the repair is: lower smooths more. "
    "0 lets the network find it itself, in each tile of a large photo anew.",
)

FBCNN = Family(
    network=Network(
        module="fbcnn:load",
        tile_pixels=TILE_BYTES // 2_200,  # as DRUNet, whose shape it has
        field_of_view=REACH,
        multiple_of=8,
        conditions=("quality",),
        precisions=("float16", "float32"),  # spandrel declares half precision supported
    ),
    tasks=(Task.DENOISE,),
    controls=(QUALITY,),
    formula=r"\hat{x} = f_\theta(y, q), \qquad q = 1 - Q/100",
    explanation=(
        "A U-Net against JPEG's blocks and rings. One branch estimates the quality the photo was saved "
        "with, and that number steers how much the other one smooths; a person can set it instead. It knows "
        "nothing but JPEG: noise stays or is taken for damage, and a photo that was made smaller after it "
        "was saved no longer has the blocks it looks for."
    ),
    paper=Paper(
        title="Towards Flexible Blind JPEG Artifacts Removal",
        authors="Jiang, Zhang, Timofte",
        year=2021,
        link="https://arxiv.org/abs/2109.14573",
    ),
    licence="Apache-2.0",
)

_OWN = Network(
    module="unet:load",
    options={"noise_level": True},
    # Measured on trained networks of four levels: what is cut off 96 pixels away changes a result by at most
    # 0.02/255; 64 pixels away by 0.2/255.
    field_of_view=96,
    multiple_of=16,  # four levels of groups of 2 × 2; three would do with 8
    conditions=("noise_level",),
)

DENOISE_UNET = Family(
    network=_OWN,
    tasks=(Task.DENOISE,),
    controls=(NETWORK_NOISE_LEVEL,),
    formula=r"\hat{x} = y + f_\theta(y, \sigma)",
    explanation=(
        "A small U-Net gathers the pixels in groups of 2 × 2, which makes it quick, is told how strong the "
        "noise is, and predicts what to add to the photo. It learnt on even, independent noise that a "
        "computer added: grain that a camera or JPEG has smoothed it takes for detail unless the level is "
        "raised, and then fine texture goes with it."
    ),
    paper=papers.UNET,
    licence="Apache-2.0",
)

DENOISE_BLIND = Family(
    network=replace(
        _OWN,
        options={"noise_level": False},
        field_of_view=64,  # it has three levels: 0.004/255, measured as above
        conditions=(),
    ),
    tasks=(Task.DENOISE,),
    formula=r"\hat{x} = y + f_\theta(y)",
    explanation=(
        "A small U-Net gathers the pixels in groups of 2 × 2, which makes it quick, and predicts what to add "
        "to the photo. It finds out itself how strong the noise is, at each place anew, and cannot be told "
        "to take away more or less. It learnt on the noise of simulated cameras, with what their software "
        "and JPEG make of it: damage of another kind it leaves in place, and texture as faint as the noise "
        "goes with it."
    ),
    paper=papers.UNET,
    licence="Apache-2.0",
)

DENOISE_RECURRENT = Family(
    network=Network(
        module="denoise_recurrent:load",
        options={"steps": 4},
        field_of_view=64,  # each of the four steps sees 8 groups of 2 × 2 pixels to each side
        multiple_of=2,
        least_side=16,
        conditions=("noise_level",),
    ),
    tasks=(Task.DENOISE,),
    controls=(NETWORK_NOISE_LEVEL,),
    formula=r"h_k = \mathrm{GRU}_\theta(y, \sigma, \hat{x}_{k-1}, h_{k-1}), \qquad"
    r" \hat{x}_k = \hat{x}_{k-1} + f_\theta(h_k)",
    explanation=(
        "One small network is used four times: it sees the noisy photo beside its own last result, is told "
        "how strong the noise is, keeps in mind what it found, and corrects itself; each step can be looked "
        "at. With a seventeenth of the U-Net's weights it takes longer, and cannot tell coarse "
        "blotches from detail, since it sees less far. It learnt on even, independent noise that a computer "
        "added: grain that a camera or JPEG has smoothed it takes for detail."
    ),
    paper=papers.PRENET,
    licence="Apache-2.0",
    stages={"step-1": "Step 1", "step-2": "Step 2", "step-3": "Step 3"},
)

FAMILIES = {
    "drunet": DRUNET,
    "nafnet": NAFNET,
    "scunet": SCUNET,
    "swinir": SWINIR,
    "dncnn": DNCNN,
    "fdncnn": FDNCNN,
    "fbcnn": FBCNN,
    "denoise-unet": DENOISE_UNET,
    "denoise-blind": DENOISE_BLIND,
    "denoise-recurrent": DENOISE_RECURRENT,
}
"""Name → family. The name is what `models.toml` calls it."""
