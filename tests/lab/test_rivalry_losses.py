"""What generator and critic learn from in a step, beside their objective: bounds, labels, features."""

import numpy as np
import pytest
import torch

from lab.generating import objectives
from lab.generating.images import Images
from lab.training.lesson import Question

GREY = Images(grey=True)


def critic_gradients(rival, question: Question, steps: int, **changes) -> list[list[np.ndarray]]:
    """The critic's gradients of `steps` steps in which nothing learns, float64 by parameter."""
    learner, found = rival(**changes), []

    def keep(*_):
        found.append([each.grad.double().numpy().copy() for each in learner.critic.parameters()])

    learner.critic_optimiser.register_step_pre_hook(keep)
    for _ in range(steps):
        learner.learn(GREY, question, 0.0)
    return found


def squared_slopes(
    critic: list[np.ndarray], images: np.ndarray
) -> list[tuple[float, np.ndarray, np.ndarray]]:
    """‖∇D(x)‖² of a critic of one layer for each image, and its derivatives by both matrices, by hand.

    D(x) = w·φ(W(2x − 1) + b) + c, so ∇D = 2·Wᵀv with v = w ⊙ φ', and ‖∇D‖² = 4·vᵀWWᵀv.
    """
    matrix, bias, last = critic[0], critic[1], critic[2][0]
    found = []
    for image in images.reshape(len(images), -1):
        bend = np.where(matrix @ (2 * image - 1) + bias > 0, 1, 0.2)
        gradient = 2 * matrix.T @ (last * bend)
        by_matrix, by_last = 4 * np.outer(last * bend, gradient), 4 * bend * (matrix @ gradient)
        found.append((float(gradient @ gradient), by_matrix, by_last))
    return found


PENALTY, EVERY, STEPS = 0.5, 4, 2


@pytest.mark.parametrize("objective", ["relativistic", "wasserstein-gp"])
def test_what_bounds_the_critic_reaches_its_gradient_lazily_and_so_much_more(
    rival, objective, question, monkeypatch
):
    seen: list[tuple[torch.Tensor, ...]] = []
    for name in ("flatness_penalty", "slope_penalty"):
        penalty = getattr(objectives, name)

        def recorded(critic, *images, penalty=penalty):
            seen.append(images)
            return penalty(critic, *images)

        monkeypatch.setattr(objectives, name, recorded)
    settings = {"objective": objective, "critic_steps": STEPS, "penalty_every": EVERY}
    free = critic_gradients(rival, question, 3, penalty=0.0, **settings)
    seen.clear()
    bound = critic_gradients(rival, question, 3, penalty=PENALTY, **settings)
    charges = [[b - f for b, f in zip(*pair, strict=True)] for pair in zip(bound, free, strict=True)]
    assert [any(each.any() for each in charge) for charge in charges] == [True, *[False] * 3, True, False]

    critic = [each.double().detach().numpy() for each in rival().critic.parameters()]
    real, made = (seen[0][0], seen[1][0]) if objective == "relativistic" else seen[0][:2]
    assert torch.equal(real, question.target[: len(real)])
    assert not torch.equal(real, made)
    real, made = (each.double().numpy() for each in (real, made))
    by_matrix, by_last = np.zeros_like(critic[0]), np.zeros_like(critic[2][0])
    if objective == "relativistic":  # γ/2 · (R1 + R2) with γ = 1
        for _, matrix, last in squared_slopes(critic, np.concatenate((real, made))):
            by_matrix += matrix / len(real) / 2
            by_last += last / len(real) / 2
    else:  # 10 · E[(‖∇D‖ − 1)²], whose derivative is that of ‖∇D‖² times (‖∇D‖ − 1)/‖∇D‖
        share = seen[0][2].double().numpy()
        for square, matrix, last in squared_slopes(critic, share * real + (1 - share) * made):
            by_matrix += 10 * matrix * (1 - square**-0.5) / len(real)
            by_last += 10 * last * (1 - square**-0.5) / len(real)
    for found, expected in ((charges[0][0], by_matrix), (charges[0][2][0], by_last)):
        np.testing.assert_allclose(
            found, EVERY * PENALTY * expected, atol=2e-5 * np.abs(expected).max() + 1e-6
        )


def test_what_bounds_the_critic_is_not_in_the_loss_that_is_told(rival, question):
    free, bound = (rival(objective="relativistic", penalty=penalty) for penalty in (0.0, 100.0))
    assert free.learn(GREY, question, 0.0) == bound.learn(GREY, question, 0.0)


def test_clipped_weights_stay_within_their_bounds(rival, question):
    learner = rival(objective="wasserstein-clip")
    learner.learn(GREY, question, 1e-3)
    assert max(parameter.abs().max().item() for parameter in learner.critic.parameters()) == pytest.approx(
        0.01
    )


def test_a_smoothed_label_reaches_the_critics_loss(rival, question):
    learner = rival(real_label=0.8)
    with torch.no_grad():
        judged = learner.critic(question.target).mean().item()
    smooth = learner.learn(GREY, question, 0.0)["loss"].item()
    sharp = rival().learn(GREY, question, 0.0)["loss"].item()
    assert judged != 0
    assert smooth - sharp == pytest.approx(0.2 * judged, abs=1e-6)  # (1 − s)·E[D(x)]
    assert not np.allclose(
        *(critic_gradients(rival, question, 1, real_label=label)[0][0] for label in (0.8, 1.0))
    )


def test_matching_adds_to_the_generators_loss_and_real_features_carry_no_gradient(
    rival, question, monkeypatch
):
    seen, matched = [], objectives.matched_features

    def recorded(real, made):
        seen.append((real, made))
        return matched(real, made)

    monkeypatch.setattr(objectives, "matched_features", recorded)
    losses = {}
    gradients = {}
    for weight in (0.0, 3.0):
        learner = rival(matching=weight)
        losses[weight] = learner.learn(GREY, question, 0.0)["generator"].item()
        gradients[weight] = [parameter.grad.clone() for parameter in learner.network.parameters()]
    ((real, made),) = seen
    assert not real.requires_grad
    assert made.requires_grad
    distance = ((real.double().mean(0) - made.detach().double().mean(0)) ** 2).sum().item()
    assert distance > 1e-4
    assert losses[3.0] - losses[0.0] == pytest.approx(3 * distance, rel=1e-3)
    assert not all(torch.equal(*pair) for pair in zip(gradients[0.0], gradients[3.0], strict=True))
    assert all(parameter.requires_grad for parameter in learner.critic.parameters())
