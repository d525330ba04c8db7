"""Values of components → settings of one card; made without Gradio's components, which need a page."""

from typing import Any, cast

import pytest

from models import registry
from models.card import AUTO
from ui.choosing.knobs import Knob, Panel, _middle, settings


class Component:
    """Stands for a component; `settings` only counts them."""


def stand_in(model: str) -> Panel:
    card = registry.get(model)
    knobs = tuple(
        Knob(control, cast("Any", Component()), cast("Any", Component()) if control.estimate else None)
        for control in card.controls
    )
    return Panel(card, cast("Any", None), knobs)


CARDS = [card.id for card in registry.cards()]
PANELS = [stand_in(model) for model in CARDS]


def values(changed: dict[tuple[str, str], list[Any]]) -> list[Any]:
    """Every panel's values in order; each knob's are its own name unless `changed`."""
    result: list[Any] = []
    for panel in PANELS:
        for knob in panel.knobs:
            own = [f"{panel.card.id}.{knob.control.name}"] + ([False] if knob.auto else [])
            result += changed.get((panel.card.id, knob.control.name), own)
    return result


@pytest.mark.parametrize("model", CARDS)
def test_each_card_gets_its_own_values_among_all(model):
    names = [control.name for control in registry.get(model).controls]
    assert settings(PANELS, model, values({})) == {name: f"{model}.{name}" for name in names}


def test_a_ticked_auto_stands_for_the_value():
    ticked = values({("denoise-nlm", "noise_level"): [12.0, True]})
    unticked = values({("denoise-nlm", "noise_level"): [12.0, False]})
    assert settings(PANELS, "denoise-nlm", ticked)["noise_level"] == AUTO
    assert settings(PANELS, "denoise-nlm", unticked)["noise_level"] == 12.0


def test_a_model_of_another_tab_has_no_settings_here():
    assert settings(PANELS[:1], "denoise-median", values({})) == {}


@pytest.mark.parametrize(
    "control",
    [control for card in registry.cards() for control in card.controls if control.default == AUTO],
    ids=lambda control: control.name,
)
def test_the_slider_under_auto_stands_on_a_value_its_control_accepts(control):
    assert control.check(_middle(control)) == pytest.approx(_middle(control))
