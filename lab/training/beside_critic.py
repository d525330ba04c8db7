"""What a learner that learns against a critic keeps: the critic and its optimiser, beside its own state."""

from collections.abc import Mapping
from typing import Any

import torch
from torch import nn

from lab.training.learner import Learner


class LearnerBesideCritic(Learner):
    """A learner with a `critic`, which is not shipped, and the critic's own optimiser: both are resumed."""

    critic: nn.Module
    critic_optimiser: torch.optim.Optimizer

    def state(self) -> dict[str, Any]:
        """Return everything the next step depends on, the critic included."""
        own = {"critic": self.critic.state_dict(), "critic_optimiser": self.critic_optimiser.state_dict()}
        return {**super().state(), **own}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Go back to what `state` returned."""
        super().restore(state)
        self.critic.load_state_dict(state["critic"])
        self.critic_optimiser.load_state_dict(state["critic_optimiser"])
