"""The families of networks that take away rust."""

from models.architectures.families import papers
from models.architectures.families.family import Family
from models.card import Paper, Task
from models.method import Network

_STAGES = {"rust-mask": "Rust mask", "thickness": "Thickness of the layer"}

_PAINTED = (
    "You may paint where rust is, and where none is: there the photo stays exactly as it was. The rest it "
    "finds out itself."
)

DERUST_UNET = Family(
    network=Network(
        module="derust_unet:load",
        options={"multiple": 32},
        field_of_view=128,  # measured on trained weights: what is cut off there changes a result by 0.08/255
        multiple_of=32,
        hint=True,
    ),
    tasks=(Task.DERUST,),
    formula=r"\hat{g} = R\,(1 - m) + s \odot m, \qquad (m, X, s) = f_\theta(R)",
    explanation=(
        "A small U-Net finds the rust, tells how thick it is, and paints the surface below; what it takes "
        "for clean passes untouched. Where a stain is thin, what shines through comes back. Where rust is "
        "opaque the surface is gone, and what is put there is made up from the surroundings: plausible, not "
        "evidence. It learnt on rust that a computer painted over photos. " + _PAINTED
    ),
    paper=papers.UNET,
    licence="Apache-2.0",
    stages=_STAGES,
)

DERUST_RECURRENT = Family(
    network=Network(
        module="derust_recurrent:load",
        options={"steps": 4},
        field_of_view=96,
        multiple_of=32,
        hint=True,
    ),
    tasks=(Task.DERUST,),
    formula=r"h_k = \mathrm{GRU}_\theta(R, \hat{g}_{k-1}, h_{k-1}), \qquad"
    r" \hat{g}_k = R\,(1 - m_k) + s_k \odot m_k",
    explanation=(
        "One small network is used four times: it sees the photo beside its own last result, keeps in mind "
        "what it found, and corrects itself; each step can be looked at. It sees less far than the U-Net, so "
        "wide patches of opaque rust are filled worse, and what is put there is plausible, not evidence. It "
        "learnt on rust that a computer painted over photos. " + _PAINTED
    ),
    paper=papers.PRENET,
    licence="Apache-2.0",
    stages={**_STAGES, "step-1": "Step 1", "step-2": "Step 2", "step-3": "Step 3"},
)

DERUST_PIX2PIX = Family(
    network=Network(
        module="derust_unet:load",  # the network is the U-Net; how it learnt sets it apart
        options={"multiple": 32},
        field_of_view=128,  # likewise: by 0.004/255
        multiple_of=32,
        hint=True,
    ),
    tasks=(Task.DERUST,),
    formula=r"\hat{g} = R\,(1 - m) + s \odot m, \qquad"
    r" \min_\theta \max_D\; \mathcal{L}(\hat{g}, g) + \lambda\,\mathcal{L}_D(R, \hat{g}, g)",
    explanation=(
        "A U-Net finds the rust and paints the surface below, as the plain one does, but learnt against a "
        "critic D: a second network that is shown photos with their rust beside the answer or the truth, and "
        "tells which is which. So what it puts where rust is opaque has the grain of a photo where others "
        "are smooth. It is made up all the same: looks true, and is further from the truth by the pixel. It "
        "learnt on rust that a computer painted over photos. " + _PAINTED
    ),
    paper=Paper(
        title="Image-to-Image Translation with Conditional Adversarial Networks",
        authors="Isola, Zhu, Zhou, Efros",
        year=2017,
        link="https://arxiv.org/abs/1611.07004",
    ),
    licence="Apache-2.0",
    stages=_STAGES,
)

FAMILIES = {
    "derust-unet": DERUST_UNET,
    "derust-recurrent": DERUST_RECURRENT,
    "derust-pix2pix": DERUST_PIX2PIX,
}
"""Name → family. The name is what `models.toml` calls it."""
