"""A card's controls as components, and their values as settings."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr
from gradio.components import Component

from models.card import AUTO, Card, Control, Value
from ui.wiring.events import INSTANT
from ui.words import Words


@dataclass(frozen=True, slots=True)
class Knob:
    """One control: its component, and a tick box for "auto" where its value can be estimated."""

    control: Control
    value: Component
    auto: gr.Checkbox | None

    @property
    def components(self) -> list[Component]:
        """Return the components whose values `setting` reads, in order."""
        return [self.value, self.auto] if self.auto else [self.value]

    def setting(self, values: Sequence[Any]) -> Value:
        """Return what the components' `values` say."""
        return AUTO if self.auto and values[1] else values[0]


@dataclass(frozen=True, slots=True)
class Panel:
    """All knobs of one card, in a group that is shown when the card is chosen."""

    card: Card
    group: gr.Column
    knobs: tuple[Knob, ...]

    @property
    def components(self) -> list[Component]:
        """Return the components of all knobs, in order."""
        return [component for knob in self.knobs for component in knob.components]


def panel(card: Card, words: Words, *, visible: bool) -> Panel:
    """Make the controls of `card`."""
    with gr.Column(visible=visible, elem_classes="knobs") as group:
        knobs = tuple(_knob(control, words) for control in card.controls)
    return Panel(card, group, knobs)


def settings(panels: Sequence[Panel], model: str, values: Sequence[Any]) -> dict[str, Value]:
    """Return the settings of `model` from `values`, those of all panels' components in order."""
    remaining = list(values)
    for each in panels:
        chosen = {}
        for knob in each.knobs:
            count = len(knob.components)
            chosen[knob.control.name] = knob.setting(remaining[:count])
            remaining = remaining[count:]
        if each.card.id == model:
            return chosen
    return {}


def _knob(control: Control, words: Words) -> Knob:
    component = _component(control, words)
    if control.estimate is None:
        return Knob(control, component, None)
    auto = gr.Checkbox(control.default == AUTO, label=words("method.auto"), container=False)
    auto.change(
        lambda ticked: gr.update(interactive=not ticked),
        auto,
        component,
        **INSTANT,
    )
    return Knob(control, component, auto)


def _component(control: Control, words: Words) -> Component:
    label, info = words.label(control), words.help(control) or None
    if control.kind == "flag":
        return gr.Checkbox(bool(control.default), label=label, info=info)
    if control.kind == "choice":
        choices = [(words.choice(choice), choice) for choice in control.choices]
        return gr.Dropdown(choices, value=str(control.default), label=label, info=info, filterable=False)
    automatic = control.default == AUTO
    return gr.Slider(
        control.minimum,
        control.maximum,
        value=_middle(control) if automatic else float(control.default),
        step=control.step,
        label=label,
        info=info,
        interactive=not automatic,
    )


def _middle(control: Control) -> float:
    """Return a value for a slider that "auto" stands in for: a third of the way."""
    steps = round((control.maximum - control.minimum) / control.step / 3)
    return control.minimum + steps * control.step
