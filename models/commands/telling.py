"""What a run tells a person of each file that it wrote."""

from pathlib import Path

from models.provenance import Provenance


def written(path: Path, provenance: Provenance) -> str:
    """Say where a result is, and what each setting that was "auto" became.

    Such as "better.jpg (noise_level 12.5, estimated from the photo)".
    """
    found = [f"{name} {_value(provenance.settings[name])}" for name in provenance.estimated]
    return f"{path} ({', '.join(found)}, estimated from the photo)" if found else str(path)


def _value(value: object) -> str:
    return f"{value:.3g}" if isinstance(value, float) else str(value)
