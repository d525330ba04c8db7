"""What is written down of a run: for the ratings store, and for a result that was mixed with its original."""

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from models.card import Value
from models.latents import Point
from models.method import Window
from models.provenance import Provenance
from ratings.records import Result
from ui.keeping.served import Admitted, Served


def blended(provenance: Mapping[str, Any], amount: float) -> Provenance:
    """Return the provenance of a result that was mixed with its original."""
    fields = _fields(provenance)
    settings: dict[str, Value] = {**fields["settings"], "blend": round(amount, 4)}
    changed: dict[str, Any] = {"settings": settings, "default_settings": False, "output_sha256": None}
    return Provenance(**{**fields, **changed})


def result_again(served: Served) -> Result:
    """Return what the ratings store remembers of a result that is kept, once more."""
    return result_of(served.photo, Provenance(**_fields(served.provenance)))


def _fields(told: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of the provenance that was `told` as JSON."""
    fields = {key: value for key, value in told.items() if key not in {"seconds", "result_token"}}
    return {**fields, "window": Window(**fields["window"]) if fields["window"] else None}


def result_of(photo: Admitted, provenance: Provenance) -> Result:
    """Return what the ratings store remembers of a run; a region or a hint is no default."""
    told = region_told(provenance)
    if provenance.hint_sha256:
        told["hint"] = provenance.hint_sha256
    result = recorded(
        provenance,
        told=told,
        input_sha256=provenance.input_sha256,
        output_sha256=provenance.output_sha256,
        input_name=photo.example,
    )
    return replace(result, default_settings=provenance.default_settings and not told)


def made_of(point: Point, provenance: Provenance) -> Result:
    """Return what the ratings store remembers of an image that was made from nothing.

    What it was made from is its seed and nudges: the input is the same for every model.
    """
    input_name = " ".join([f"seed {point.seed}", *(f"{nudge:g}" for nudge in point.nudges)])
    return recorded(
        provenance,
        told={},
        input_sha256=hashlib.sha256(input_name.encode()).hexdigest(),
        output_sha256=provenance.output_sha256,
        input_name=input_name,
    )


def region_told(provenance: Provenance) -> dict[str, Value]:
    """Return the region that was run as the settings of a `Result` tell it; nothing for a whole photo."""
    window = provenance.window
    return {"region": f"{window.top},{window.left},{window.height},{window.width}"} if window else {}


def recorded(
    provenance: Provenance,
    *,
    told: Mapping[str, Value],
    input_sha256: str | None,
    output_sha256: str | None,
    input_name: str | None,
) -> Result:
    """Return the record of what was made so, of this input, with what is `told` beside its settings."""
    assert input_sha256 is not None
    assert output_sha256 is not None
    return Result(
        task=provenance.task,
        model=provenance.model,
        version=provenance.method_version,
        weights_sha256=provenance.weights_sha256,
        settings={**provenance.settings, **told},
        default_settings=provenance.default_settings,
        input_sha256=input_sha256,
        output_sha256=output_sha256,
        input_name=input_name,
        app_version=provenance.app_version,
        device=provenance.device,
        seconds=provenance.seconds,
    )
