"""Which learner a recipe asks for: a network alone, one beside a critic, or a generator and its rival."""

import torch

from lab.errors import RecipeError
from lab.generating.learner import RivalLearner
from lab.training import lessons
from lab.training.adversarial import AdversarialLearner
from lab.training.learner import Learner, build
from lab.training.recipe import Recipe


def learner(recipe: Recipe, device: torch.device, precision: str) -> Learner:
    """Return the untrained learner of `recipe`.

    Raises RecipeError: a network or critic that cannot be built, both an adversary and a rivalry, or a
    rivalry over anything but images.
    """
    if (recipe.rivalry is not None) != lessons.takes_images(recipe.lesson.kind):
        raise RecipeError(
            f"In the recipe '{recipe.name}' the lesson is '{recipe.lesson.kind}': the lesson 'images' needs "
            "a [rivalry], a critic to learn against, and no other lesson has one."
        )
    if recipe.rivalry is not None:
        if recipe.adversary is not None:
            raise RecipeError(
                f"The recipe '{recipe.name}' has both an [adversary] and a [rivalry]: the first is for "
                "networks that restore, the second for generators. Keep one."
            )
        return RivalLearner(recipe, recipe.rivalry, device, precision)
    network = build(recipe.network)
    if recipe.adversary is None:
        return Learner(network, recipe.training, device, precision)
    return AdversarialLearner(network, recipe.training, device, precision, recipe.adversary)
