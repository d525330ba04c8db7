"""The architectures a checkpoint may have, by name. Nothing here imports torch.

>>> FAMILIES["drunet"].network.module
'drunet:load'
"""

from collections.abc import Mapping
from types import MappingProxyType

from models.architectures.families.dehazing import AODNET, GCANET, MIXDEHAZENET
from models.architectures.families.denoising import DNCNN, DRUNET, FBCNN, FDNCNN, NAFNET, SCUNET, SWINIR
from models.architectures.families.family import Family
from models.architectures.families.generating import BIGGAN_DEEP, DCGAN, FASTGAN

__all__ = ["FAMILIES", "Family"]

FAMILIES: Mapping[str, Family] = MappingProxyType(
    {
        "drunet": DRUNET,
        "nafnet": NAFNET,
        "scunet": SCUNET,
        "swinir": SWINIR,
        "dncnn": DNCNN,
        "fdncnn": FDNCNN,
        "fbcnn": FBCNN,
        "mixdehazenet": MIXDEHAZENET,
        "aodnet": AODNET,
        "gcanet": GCANET,
        "dcgan": DCGAN,
        "fastgan": FASTGAN,
        "biggan-deep": BIGGAN_DEEP,
    }
)
"""Name → family. The name is what `models.toml` calls it."""
