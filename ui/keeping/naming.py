"""What contestants are called where they are shown."""

from models import registry
from models.errors import UnknownModelError
from ratings.records import Contestant
from ratings.stimuli import Stimulus
from ui.words import Words


def title_of(contestant: Contestant, words: Words) -> str:
    """Return the model's title; a model that is no longer here keeps its id."""
    try:
        return words.title(registry.get(contestant.model))
    except UnknownModelError:
        return contestant.model


def settings_of(stimulus: Stimulus, words: Words) -> list[str]:
    """Return "label: value" for each setting; one the model no longer has keeps its name."""
    try:
        controls = {each.name: each for each in registry.get(stimulus.contestant.model).controls}
    except UnknownModelError:
        controls = {}
    return [
        f"{words.label(controls[name]) if name in controls else name}: {_short(value)}"
        for name, value in stimulus.settings.items()
    ]


def _short(value: object) -> str:
    return f"{value:.3g}" if isinstance(value, float) else str(value)


def made_of(contestant: Contestant) -> str:
    """Return the id, the version, and the first digits of the weights."""
    weights = contestant.weights_sha256
    return f"{contestant.model} · v{contestant.version}" + (f" · {weights[:8]}" if weights else "")
