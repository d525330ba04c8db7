"""What changes while a network learns: its weights, their running mean, the optimiser, and the step."""

import copy
from collections.abc import Mapping
from importlib import import_module
from typing import Any

import torch
from torch import Tensor, nn

from lab.errors import RecipeError, TrainingError
from lab.training.lesson import Lesson, Question
from lab.training.recipe import Adversary, NetworkChoice, Plan, Rivalry

NETWORKS = "models.architectures"


def build(choice: NetworkChoice | Adversary | Rivalry, room: str = NETWORKS) -> nn.Module:
    """Return the untrained network that a recipe chose from `room`, a package.

    Raises RecipeError: no such file, class or option.
    """
    file, _, name = choice.module.partition(":")
    try:
        kind = getattr(import_module(f"{room}.{file}"), name)
        return kind(**choice.options)
    except (ImportError, AttributeError, TypeError, ValueError, IndexError, RuntimeError) as error:
        raise RecipeError(
            f"The recipe's network '{choice.module}' with options {choice.options} cannot be built: {error}. "
            f"Expected 'file:class' of {room.replace('.', '/')}, and the options that class takes."
        ) from error


class Learner:
    """A network on its device, and all that its next step depends on.

    `network` learns; `mean` is the exponential running mean of its weights, which is examined and kept.
    `step` counts finished steps. `parts` is into how many pieces a batch is cut to fit into memory.
    """

    def __init__(self, network: nn.Module, plan: Plan, device: torch.device, precision: str) -> None:
        self.network = network.to(device).to(memory_format=torch.channels_last).train()
        self.mean = copy.deepcopy(self.network).eval().requires_grad_(requires_grad=False)
        self.plan, self.device, self.precision = plan, device, precision
        self.optimiser = torch.optim.AdamW(
            self.network.parameters(), lr=plan.learning_rate, weight_decay=plan.weight_decay
        )
        self.step, self.parts = 0, 1

    def learn(self, lesson: Lesson, question: Question, rate: float) -> dict[str, Tensor]:
        """Take one step at the learning rate `rate`; return scalars: "loss", and the norm of the "gradient".

        A batch that does not fit into the GPU's memory is cut into more parts, which gives the same step.
        Raises TrainingError: not even a single patch fits.
        """
        for group in self.optimiser.param_groups:
            group["lr"] = rate
        while True:
            self.optimiser.zero_grad()
            try:
                figures = self._backward(lesson, question)
                break
            except torch.OutOfMemoryError as error:
                self._cut_smaller(error)
        norm = nn.utils.clip_grad_norm_(self.network.parameters(), self.plan.clip)
        self.optimiser.step()
        self._average()
        self.step += 1
        return {**figures, "gradient": norm}

    def _backward(self, lesson: Lesson, question: Question) -> dict[str, Tensor]:
        """Add up the gradients of the batch's parts; return what `_learn_from` does, for the whole batch."""
        parts = [question.part(number, self.parts) for number in range(self.parts)]
        found = [self._learn_from(lesson, part, len(part.target) / len(question.target)) for part in parts]
        return {name: torch.stack([each[name] for each in found]).sum() for name in found[0]}

    def _learn_from(self, lesson: Lesson, part: Question, share: float) -> dict[str, Tensor]:
        """Add the gradients of `part`, `share` of its batch; return that share of the mean "loss"."""
        loss = lesson.loss(self._answer(part), part, self.plan.loss) * share
        loss.backward()
        return {"loss": loss.detach()}

    def _answer(self, part: Question) -> Any:
        """Return what the network makes of the question: an image, or a tuple of one and its stages."""
        image = part.inputs[0].contiguous(memory_format=torch.channels_last)
        with self._autocast():
            return self.network(image, *part.inputs[1:])

    def _autocast(self) -> torch.autocast:
        enabled = self.precision == "bfloat16"
        return torch.autocast(self.device.type, dtype=torch.bfloat16, enabled=enabled)

    def _cut_smaller(self, error: torch.OutOfMemoryError) -> None:
        if self.parts >= self.plan.batch:
            raise TrainingError(
                f"The GPU's memory does not hold even one patch of {self.plan.patch} pixels: choose a recipe "
                "with a smaller 'patch', free the GPU, or train with --device cpu."
            ) from error
        self.parts = min(2 * self.parts, self.plan.batch)
        torch.cuda.empty_cache()

    def _average(self) -> None:
        """Move the mean towards the new weights; faster in the first steps, which soon count no more."""
        share = 1 - min(self.plan.ema, (1 + self.step) / (10 + self.step))
        with torch.no_grad():
            for mean, new in zip(self.mean.parameters(), self.network.parameters(), strict=True):
                mean.lerp_(new, share)
            for mean, new in zip(self.mean.buffers(), self.network.buffers(), strict=True):
                if mean.is_floating_point():  # batch normalisation's statistics belong to the mean's weights
                    mean.lerp_(new, share)
                else:
                    mean.copy_(new)

    def begin_with(self, weights: Mapping[str, Any]) -> list[str]:
        """Take those `weights` whose name and shape the network has; return the names that are left as is.

        Raises TrainingError: not one fits.
        """
        own = self.network.state_dict()
        fitting = {
            name: weights[name].to(tensor)
            for name, tensor in own.items()
            if getattr(weights.get(name), "shape", None) == tensor.shape
        }
        if not fitting:
            raise TrainingError(
                "None of the weights to begin with has the name and shape of one of the recipe's network: "
                "choose weights of the same architecture, or begin by chance."
            )
        for network in (self.network, self.mean):
            network.load_state_dict(fitting, strict=False)
        return [name for name in own if name not in fitting]

    def state(self) -> dict[str, Any]:
        """Return everything the next step depends on, to be kept."""
        return {
            "step": self.step,
            "network": self.network.state_dict(),
            "mean": self.mean.state_dict(),
            "optimiser": self.optimiser.state_dict(),
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Go back to what `state` returned."""
        self.step = state["step"]
        self.network.load_state_dict(state["network"])
        self.mean.load_state_dict(state["mean"])
        self.optimiser.load_state_dict(state["optimiser"])

    def weights(self) -> dict[str, Tensor]:
        """Return a copy of the mean's weights on the CPU."""
        return {name: tensor.detach().cpu().clone() for name, tensor in self.mean.state_dict().items()}
