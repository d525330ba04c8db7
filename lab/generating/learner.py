"""One step of generator and critic: the critic learns from a few batches, then the generator from one.

The same for every objective; what differs between the first GAN and the newest is in `objectives`, in the
networks, and in the numbers of the recipe.
"""

from typing import cast

import numpy as np
import torch
from torch import Tensor, nn

from lab.errors import RecipeError
from lab.generating import objectives
from lab.generating.augment import changed
from lab.generating.critics import Critic
from lab.training.beside_critic import LearnerBesideCritic
from lab.training.learner import build
from lab.training.lesson import Lesson, Question
from lab.training.recipe import Plan, Recipe, Rivalry

CRITICS = "lab.generating"
"""Where a recipe's critic is looked for: it is no model, and is not shipped."""

OPTIMISERS = ("adam", "rmsprop")

_BY_LOGARITHM = objectives.critic_by_logarithm

_STREAM = 2
"""Sets the chance of latents apart from that of the batches, which comes from the same seed and step."""


class RivalLearner(LearnerBesideCritic):
    """A generator, its running mean, and the critic it learns against, each with an optimiser of its own.

    Only the generator's mean is kept; the critic lives in checkpoints. All chance of a step comes from the
    recipe's seed and the step's number.

    Raises RecipeError: no such objective, optimiser or critic, or a network that is no generator.
    """

    def __init__(self, recipe: Recipe, rivalry: Rivalry, device: torch.device, precision: str) -> None:
        network = build(recipe.network)
        super().__init__(network, recipe.training, device, precision)
        self.rivalry, self.seed = rivalry, recipe.seed
        latent = getattr(network, "latent", None)
        if not isinstance(latent, int):
            raise RecipeError(
                f"The recipe's network '{recipe.network.module}' makes no images from random numbers: a "
                "recipe with [rivalry] needs a generator."
            )
        if rivalry.objective not in objectives.OBJECTIVES:
            raise RecipeError(
                f"There is no objective '{rivalry.objective}'; choose one of "
                f"{', '.join(objectives.OBJECTIVES)}."
            )
        if rivalry.optimiser not in OPTIMISERS:
            raise RecipeError(
                f"There is no optimiser '{rivalry.optimiser}'; choose one of {', '.join(OPTIMISERS)}."
            )
        if rivalry.real_label < 1 and objectives.OBJECTIVES[rivalry.objective].critic is not _BY_LOGARITHM:
            raise RecipeError(
                f"'real_label' smooths labels, which the objective '{rivalry.objective}' has not: leave it "
                "out, or choose 'non-saturating' or 'minimax'."
            )
        self.latent, self.objective = latent, objectives.OBJECTIVES[rivalry.objective]
        critic = build(rivalry, CRITICS)
        assert isinstance(critic, Critic)
        self.critic = critic.to(device).to(memory_format=torch.channels_last).train()
        self.optimiser = _optimiser(self.network, recipe.training, rivalry, recipe.training.learning_rate)
        self.critic_optimiser = _optimiser(self.critic, recipe.training, rivalry, rivalry.learning_rate)

    def learn(self, lesson: Lesson, question: Question, rate: float) -> dict[str, Tensor]:
        """Take one step with both at the generator's learning rate `rate`.

        Returns the mean losses of the critic ("loss") and of the generator, and the norm of its gradient.
        """
        del lesson
        for optimiser, share in ((self.optimiser, 1.0), (self.critic_optimiser, self._critic_share())):
            for group in optimiser.param_groups:
                group["lr"] = rate * share
        chance = self._chance()
        parts = question.target.tensor_split(self.rivalry.critic_steps)
        losses = [self._teach_critic(real, chance) for real in parts]
        generator, norm = self._teach_generator(parts[-1], chance)
        self._average()
        self.step += 1
        return {"loss": torch.stack(losses).mean(), "generator": generator, "gradient": norm}

    def _teach_critic(self, real: Tensor, chance: torch.Generator) -> Tensor:
        with torch.no_grad(), self._autocast():
            made = self.network(self._latents(len(real), chance)).float()
        self.critic_optimiser.zero_grad()
        seen, made = self._seen(real, chance), self._seen(made, chance)
        with self._autocast():
            of_real, of_made = self.critic(seen).float(), self.critic(made).float()
        if self.rivalry.real_label < 1:
            loss = objectives.critic_by_logarithm(of_real, of_made, self.rivalry.real_label)
        else:
            loss = self.objective.critic(of_real, of_made)
        (loss + self._bounds(seen, made, chance)).backward()
        self.critic_optimiser.step()
        if self.objective.clip is not None:
            with torch.no_grad():
                for parameter in self.critic.parameters():
                    parameter.clamp_(-self.objective.clip, self.objective.clip)
        return loss.detach()

    def _bounds(self, real: Tensor, made: Tensor, chance: torch.Generator) -> Tensor:
        """Return what the objective charges for a steep critic."""
        charge = torch.zeros((), device=self.device)
        if self.objective.slope:
            share = torch.rand(len(real), 1, 1, 1, generator=chance, device=self.device)
            charge = charge + self.objective.slope * objectives.slope_penalty(self.critic, real, made, share)
        if self.objective.flatness:
            flat = (objectives.flatness_penalty(self.critic, images) for images in (real, made))
            charge = charge + self.objective.flatness / 2 * sum(flat, torch.zeros_like(charge))
        return self.rivalry.penalty * charge

    def _teach_generator(self, real: Tensor, chance: torch.Generator) -> tuple[Tensor, Tensor]:
        self.optimiser.zero_grad()
        self.critic.requires_grad_(requires_grad=False)
        with self._autocast():
            made = self._seen(self.network(self._latents(len(real), chance)).float(), chance)
            real = self._seen(real, chance)
            of_real, of_made = self.critic(real).float(), self.critic(made).float()
            loss = self.objective.generator(of_real, of_made)
            if self.rivalry.matching:
                features = cast("Critic", self.critic).features
                matched = objectives.matched_features(features(real), features(made))
                loss = loss + self.rivalry.matching * matched.float()
        loss.backward()
        self.critic.requires_grad_(requires_grad=True)
        norm = nn.utils.clip_grad_norm_(self.network.parameters(), self.plan.clip)
        self.optimiser.step()
        return loss.detach(), norm

    def _seen(self, images: Tensor, chance: torch.Generator) -> Tensor:
        return changed(images, chance) if self.rivalry.augment else images

    def _latents(self, count: int, chance: torch.Generator) -> Tensor:
        return torch.randn(count, self.latent, generator=chance, device=self.device)

    def _chance(self) -> torch.Generator:
        seeds = np.random.SeedSequence((self.seed, self.step, _STREAM))
        seed = int(seeds.generate_state(1, np.uint64)[0])
        return torch.Generator(self.device).manual_seed(seed % 2**32)  # a CPU's generator takes no more bits

    def _critic_share(self) -> float:
        return self.rivalry.learning_rate / self.plan.learning_rate


def _optimiser(
    network: nn.Module, plan: Plan, rivalry: Rivalry, learning_rate: float
) -> torch.optim.Optimizer:
    if rivalry.optimiser == "rmsprop":
        return torch.optim.RMSprop(network.parameters(), lr=learning_rate, weight_decay=plan.weight_decay)
    return torch.optim.AdamW(
        network.parameters(),
        lr=learning_rate,
        betas=(rivalry.momentum, rivalry.second_momentum),
        weight_decay=plan.weight_decay,
    )
