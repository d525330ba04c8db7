"""What contestants are called where they are shown."""

from models import registry
from models.errors import UnknownModelError
from ratings.records import Contestant
from ui.words import Words


def title_of(contestant: Contestant, words: Words) -> str:
    """Return the model's title; a model that is no longer here keeps its id."""
    try:
        return words.title(registry.get(contestant.model))
    except UnknownModelError:
        return contestant.model


def made_of(contestant: Contestant) -> str:
    """Return the id, the version, and the first digits of the weights."""
    weights = contestant.weights_sha256
    return f"{contestant.model} · v{contestant.version}" + (f" · {weights[:8]}" if weights else "")
