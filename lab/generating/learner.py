"""One step of generator and critic: the critic learns from a few batches, then the generator from one.

The same for every objective; what differs between the first GAN and the newest is in `objectives`, in the
networks, and in the numbers of the recipe.
"""

from typing import cast

import numpy as np
import torch
from torch import Tensor, nn

from lab.errors import RecipeError, TrainingError
from lab.generating import augment, objectives
from lab.generating.critics import Critic
from lab.generating.images import channels_of
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
        for way in rivalry.augment:
            if way not in augment.WAYS:
                raise RecipeError(f"'augment' has no '{way}'; choose of {', '.join(augment.WAYS)}.")
        if rivalry.real_label < 1 and objectives.OBJECTIVES[rivalry.objective].critic is not _BY_LOGARITHM:
            raise RecipeError(
                f"'real_label' smooths labels, which the objective '{rivalry.objective}' has not: leave it "
                "out, or choose 'non-saturating' or 'minimax'."
            )
        self.latent, self.objective = latent, objectives.OBJECTIVES[rivalry.objective]
        critic = build(rivalry, CRITICS)
        _check_sizes(recipe, rivalry, network, critic)
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
        torch.manual_seed(chance.initial_seed())  # dropout takes its chance from nowhere else
        parts = question.target.tensor_split(self.rivalry.critic_steps)
        try:
            losses = [self._teach_critic(real, number, chance) for number, real in enumerate(parts)]
            generator, norm = self._teach_generator(parts[-1], chance)
        except torch.OutOfMemoryError as error:
            raise TrainingError(
                f"The GPU's memory does not hold a batch of {self.plan.batch} images of {self.plan.patch} "
                "pixels: choose a recipe with a smaller 'batch', free the GPU, or train with --device cpu."
            ) from error
        self._average()
        self.step += 1
        return {"loss": torch.stack(losses).mean(), "generator": generator, "gradient": norm}

    def _teach_critic(self, real: Tensor, number: int, chance: torch.Generator) -> Tensor:
        """Let the critic learn from part `number` of the batch; return its loss without what bounds it."""
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
        steps = self.step * self.rivalry.critic_steps + number
        charge = 0 if steps % self.rivalry.penalty_every else self._bounds(seen, made, chance)
        (loss + self.rivalry.penalty_every * charge).backward()
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
            of_made = self.critic(made).float()
            of_real = self._judged(self._seen(real, chance)) if self.objective.compares else of_made
            loss = self.objective.generator(of_real, of_made)
            if self.rivalry.matching:
                features = cast("Critic", self.critic).features
                with torch.no_grad():
                    wanted = features(self._seen(real, chance)).float()
                loss = loss + self.rivalry.matching * objectives.matched_features(
                    wanted, features(made).float()
                )
        loss.backward()
        self.critic.requires_grad_(requires_grad=True)
        norm = nn.utils.clip_grad_norm_(self.network.parameters(), self.plan.clip)
        self.optimiser.step()
        return loss.detach(), norm

    @torch.no_grad()
    def _judged(self, real: Tensor) -> Tensor:
        return self.critic(real).float()

    def _seen(self, images: Tensor, chance: torch.Generator) -> Tensor:
        return augment.changed(images, chance, self.rivalry.augment)

    def _latents(self, count: int, chance: torch.Generator) -> Tensor:
        return torch.randn(count, self.latent, generator=chance, device=self.device)

    def _chance(self) -> torch.Generator:
        seeds = np.random.SeedSequence((self.seed, self.step, _STREAM))
        seed = int(seeds.generate_state(1, np.uint64)[0])
        return torch.Generator(self.device).manual_seed(seed % 2**32)  # a CPU's generator takes no more bits

    def _critic_share(self) -> float:
        return self.rivalry.learning_rate / self.plan.learning_rate


def _check_sizes(recipe: Recipe, rivalry: Rivalry, network: nn.Module, critic: nn.Module) -> None:
    """Raise RecipeError unless the lesson, the generator and the critic have images of one size."""
    if not isinstance(critic, Critic):
        raise RecipeError(f"'{rivalry.module}' of the recipe '{recipe.name}' is no critic.")
    patch, channels = recipe.training.patch, channels_of(recipe.lesson.settings)
    with torch.no_grad():
        made = network.eval()(torch.zeros(2, cast("int", network.latent)))
        network.train()
        if tuple(made.shape[1:]) != (channels, patch, patch):
            height, width = made.shape[2:]
            raise RecipeError(
                f"The generator of the recipe '{recipe.name}' makes images of {width}×{height} with "
                f"{made.shape[1]} channels; its lesson has {patch}×{patch} with {channels}. Make 'patch', "
                "'grey' and the network's options agree."
            )
        try:
            critic.eval()(made)
        except RuntimeError as error:
            raise RecipeError(
                f"The critic '{rivalry.module}' with options {rivalry.options} does not take images of "
                f"{patch}×{patch} with {channels} channels. Make its options agree with the lesson's."
            ) from error


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
