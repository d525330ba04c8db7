"""Learning against a critic: a conditional GAN (Isola et al. 2017, https://arxiv.org/abs/1611.07004).

The critic sees the damaged photo beside another, and learns to tell whether that one is the network's answer
or the truth. The network learns from its lesson, and to be taken for true. Both go by least squares (Mao et
al. 2017, https://arxiv.org/abs/1611.04076), which goes on pulling at answers that already pass.
"""

from typing import cast

import torch
from torch import Tensor, nn

from lab.training.beside_critic import LearnerBesideCritic
from lab.training.learner import build
from lab.training.lesson import Lesson, Question
from lab.training.recipe import Adversary, Plan

CRITICS = "lab.training"
"""Where a recipe's critic is looked for: it is no model, and is not shipped."""

_MOMENTA = (0.5, 0.999)
"""AdamW's for the critic: pix2pix's, since what it learns from changes all the time."""


class AdversarialLearner(LearnerBesideCritic):
    """A network, and the critic it learns against, with an optimiser of its own.

    Only the network has a running mean, and only the network is kept; the critic lives in checkpoints. Its
    learning rate follows the same curve.
    """

    def __init__(
        self, network: nn.Module, plan: Plan, device: torch.device, precision: str, adversary: Adversary
    ) -> None:
        super().__init__(network, plan, device, precision)
        self.adversary = adversary
        self.critic = build(adversary, CRITICS).to(device).to(memory_format=torch.channels_last).train()
        self.critic_optimiser = torch.optim.AdamW(
            self.critic.parameters(), lr=adversary.learning_rate, betas=_MOMENTA, weight_decay=0.0
        )

    def learn(self, lesson: Lesson, question: Question, rate: float) -> dict[str, Tensor]:
        """Take one step with both; "critic" is how far the critic's judgements were off, 0.25 by guessing."""
        figures = super().learn(lesson, question, rate)
        for group in self.critic_optimiser.param_groups:
            group["lr"] = rate * self.adversary.learning_rate / self.plan.learning_rate
        nn.utils.clip_grad_norm_(self.critic.parameters(), self.plan.clip)
        self.critic_optimiser.step()
        return figures

    def _backward(self, lesson: Lesson, question: Question) -> dict[str, Tensor]:
        self.critic_optimiser.zero_grad()
        return super()._backward(lesson, question)

    def _learn_from(self, lesson: Lesson, part: Question, share: float) -> dict[str, Tensor]:
        """Add the gradients of both, from the same answer."""
        answer = self._answer(part)
        restored = cast("Tensor", answer if isinstance(answer, Tensor) else answer[0])
        self.critic.requires_grad_(requires_grad=False)
        persuasion = self.adversary.weight * self._miss(part, restored, aim=1.0)
        loss = (lesson.loss(answer, part, self.plan.loss) + persuasion) * share
        loss.backward()
        self.critic.requires_grad_(requires_grad=True)
        unmasked = self._miss(part, restored.detach(), aim=0.0)
        recognised = self._miss(part, part.target[:, :3], aim=1.0)
        critic = (unmasked + recognised) / 2 * share
        critic.backward()
        return {"loss": loss.detach(), "critic": critic.detach()}

    def _miss(self, part: Question, candidate: Tensor, *, aim: float) -> Tensor:
        """Return the mean square difference of the critic's judgements from `aim`, a scalar."""
        with self._autocast():
            judged = self.critic(part.inputs[0], candidate)
        return (judged.float() - aim).square().mean()
