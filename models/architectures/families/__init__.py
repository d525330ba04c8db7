"""The architectures a checkpoint may have, by name. Nothing here imports torch.

>>> FAMILIES["drunet"].network.module
'drunet:load'
"""

from collections.abc import Mapping
from types import MappingProxyType

from models.architectures.families import dehazing, denoising, derusting, generating
from models.architectures.families.family import Family

__all__ = ["FAMILIES", "Family"]

FAMILIES: Mapping[str, Family] = MappingProxyType(
    {**denoising.FAMILIES, **dehazing.FAMILIES, **derusting.FAMILIES, **generating.FAMILIES}
)
"""Name → family, of all files here."""
