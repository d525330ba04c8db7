"""The form of a new study: what an administrator fills in, and what it asks for."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

import gradio as gr
from gradio.components import Component

from models import registry
from models.card import RESTORING, Task
from ratings.studies.design import Check, Design, Method, Order
from ui.studies.making import Wish
from ui.studies.tables import advice
from ui.words import Words

FIELDS = (
    "title", "task", "method", "models", "pictures", "quota", "minutes", "break_minutes", "training", "traps",
    "gold", "order", "checks", "consent_en", "consent_zh", "english",
    "chinese", "code", "address", "parameters",
)  # fmt: skip
"""The fields of the form, in order."""


@dataclass(frozen=True, slots=True)
class Form:
    """The components by field, in the order of `FIELDS`, and the button."""

    fields: Mapping[str, Component]
    make: gr.Button

    @property
    def task(self) -> gr.Dropdown:
        """Return where the task is chosen, on which models and pictures depend."""
        return cast("gr.Dropdown", self.fields["task"])


def study_form(words: Words) -> Form:
    """Make the form, folded."""
    with gr.Accordion(words("studies.new"), open=False):
        gr.HTML(advice(words))
        fields = {**_subject(words), **_numbers(words), **_conditions(words)}
        make = gr.Button(words("studies.make"), variant="primary")
    return Form({name: fields[name] for name in FIELDS}, make)


def wish_of(told: Mapping[str, Any]) -> Wish:
    """Return what a filled form asks for; what was left empty is the default."""
    return Wish(
        task=told["task"],
        method=Method(told["method"]),
        models=frozenset(told["models"] or ()),
        pictures=frozenset(told["pictures"] or ()),
        training=int(told["training"] or 0),
        traps=int(told["traps"] or 0),
        gold=bool(told["gold"]),
        options={
            "quota": told["quota"],
            "minutes": told["minutes"],
            "break_minutes": told["break_minutes"],
            "order": told["order"],
            "checks": told["checks"] or [],
            "instructions": {"en": told["english"] or "", "zh": told["chinese"] or ""},
            "consent": {"en": told["consent_en"] or "", "zh": told["consent_zh"] or ""},
            "completion_code": told["code"] or "",
            "return_url": told["address"] or "",
            "participant_parameters": (told["parameters"] or "").replace(",", " ").split(),
        },
    )


def _subject(words: Words) -> dict[str, Component]:
    """Make the fields that say what is judged, and how."""
    tasks = [task for task in (*RESTORING, Task.GENERATE) if registry.by_task(task)]
    methods = [(words(f"studies.{each}"), str(each)) for each in Method]
    title = gr.Textbox(label=words("studies.name"), max_lines=1, elem_id=f"study-title-{words.language}")
    with gr.Row():
        task = gr.Dropdown(
            [(words(f"tasks.{each}"), str(each)) for each in tasks], value=None, label=words("studies.task")
        )
        method = gr.Dropdown(methods, value=None, label=words("studies.method"))
    models = gr.Dropdown(
        [], multiselect=True, label=words("studies.models"), info=words("studies.models_help")
    )
    pictures = gr.Dropdown(
        [], multiselect=True, label=words("studies.pictures"), info=words("studies.pictures_help")
    )
    return {"title": title, "task": task, "method": method, "models": models, "pictures": pictures}


def _numbers(words: Words) -> dict[str, Component]:
    """Make the fields that say how many and how long."""
    with gr.Row():
        quota = gr.Number(30, label=words("studies.quota"), precision=0, minimum=1)
        minutes = gr.Number(20, label=words("studies.minutes"), precision=0, minimum=1)
        rest = gr.Number(2, label=words("studies.break"), precision=0, minimum=0)
    with gr.Row():
        training = gr.Number(3, label=words("studies.training"), precision=0, minimum=0)
        traps = gr.Number(2, label=words("studies.traps"), precision=0, minimum=0)
        gold = gr.Checkbox(value=False, label=words("studies.gold"))
    return {
        "quota": quota,
        "minutes": minutes,
        "break_minutes": rest,
        "training": training,
        "traps": traps,
        "gold": gold,
    }


def _conditions(words: Words) -> dict[str, Component]:
    """Make the fields that say under which conditions, and what is told."""
    orders = [(words(f"studies.order_{each}"), str(each)) for each in Order]
    order = gr.Radio(orders, value=str(Order.BALANCED), label=words("studies.order"))
    checks = gr.CheckboxGroup(
        [(words(f"studies.check_{each}"), str(each)) for each in Check],
        value=[str(Check.WIDTH), str(Check.ZOOM)],
        label=words("studies.checks"),
    )
    with gr.Row():
        needed = words("studies.consent_help")
        consent_en = gr.Textbox("", label=words("studies.consent_en"), info=needed, lines=2)
        consent_zh = gr.Textbox("", label=words("studies.consent_zh"), info=needed, lines=2)
    with gr.Row():
        english = gr.Textbox("", label=words("studies.instructions_en"), lines=2)
        chinese = gr.Textbox("", label=words("studies.instructions_zh"), lines=2)
    with gr.Row():
        code = gr.Textbox("", label=words("studies.code"), max_lines=1)
        address = gr.Textbox("", label=words("studies.return_url"), max_lines=1, placeholder="https://")
    parameters = gr.Textbox(
        " ".join(Design.model_fields["participant_parameters"].default),
        label=words("studies.parameters"),
        info=words("studies.parameters_help"),
        max_lines=1,
    )
    return {
        "order": order,
        "checks": checks,
        "consent_en": consent_en,
        "consent_zh": consent_zh,
        "english": english,
        "chinese": chinese,
        "code": code,
        "address": address,
        "parameters": parameters,
    }
