"""Progress of a run, as one bar that says what is being done."""

import gradio as gr

from models.progress import Progress
from ui.words import Words

PREPARING = ("fetch", "verify", "load network")
"""Steps that are taken once for a network, and may be long: each has the bar to itself."""

SHARES = {
    "load": (0.0, 0.02),
    "network": (0.02, 0.02),
    **dict.fromkeys(PREPARING, (0.0, 1.0)),
    "preprocess": (0.05, 0.02),
    "method": (0.1, 0.8),
    "postprocess": (0.9, 0.02),
    "save": (0.92, 0.02),
}
"""Where on the bar a step begins, and how much of it the step takes."""


def step_name(step: str, words: Words) -> str:
    """Return what a step is called on the page."""
    return words(f"run.{step.replace(' ', '-')}")


def whole_run(progress: gr.Progress, words: Words) -> Progress:
    """Spread the steps over one bar: the method takes most of it."""

    def report(step: str, share: float) -> None:
        start, width = SHARES[step]
        progress(start + width * share, desc=step_name(step, words))

    return report


def preparation(progress: gr.Progress, words: Words) -> Progress:
    """Show only the fetching and loading of a network: the bar has other things to say of the run itself."""
    report = whole_run(progress, words)
    return lambda step, share: report(step, share) if step in PREPARING else None


def one_of(progress: gr.Progress, words: Words, title: str, done: int, of: int) -> Progress:
    """Show how far `of` runs are, of which `done` are over and that of the model `title` goes on."""
    preparing = preparation(progress, words)

    def report(step: str, share: float) -> None:
        preparing(step, share)
        if step == "method":
            progress((done + share) / of, desc=title)

    return report
