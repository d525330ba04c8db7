"""The losses of generators are their papers' formulas, and each of them learns a ring of Gaussians."""

from math import pi

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from lab.generating import objectives
from lab.generating.objectives import OBJECTIVES

CHANCE = np.random.default_rng(0)
REAL, MADE = CHANCE.normal(1, 2, 500), CHANCE.normal(-1, 2, 500)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


FORMULAS = {
    objectives.critic_by_logarithm: lambda r, m: -np.log(sigmoid(r)).mean() - np.log(1 - sigmoid(m)).mean(),
    objectives.generator_minimax: lambda _, m: np.log(1 - sigmoid(m)).mean(),
    objectives.generator_non_saturating: lambda _, m: -np.log(sigmoid(m)).mean(),
    objectives.critic_by_squares: lambda r, m: 0.5 * ((r - 1) ** 2).mean() + 0.5 * (m**2).mean(),
    objectives.generator_by_squares: lambda _, m: 0.5 * ((m - 1) ** 2).mean(),
    objectives.critic_by_distance: lambda r, m: m.mean() - r.mean(),
    objectives.generator_by_distance: lambda _, m: -m.mean(),
    objectives.critic_by_comparison: lambda r, m: np.log1p(np.exp(-(r - m))).mean(),
    objectives.generator_by_comparison: lambda r, m: np.log1p(np.exp(-(m - r))).mean(),
}


@pytest.mark.parametrize("loss", FORMULAS, ids=lambda loss: loss.__name__)
def test_a_loss_is_its_papers_formula(loss):
    found = loss(torch.tensor(REAL), torch.tensor(MADE))
    assert found.dtype == torch.float64
    assert found.item() == pytest.approx(FORMULAS[loss](REAL, MADE), rel=1e-10)


def test_a_smoothed_label_moves_a_tenth_of_the_logarithm():
    found = objectives.critic_by_logarithm(torch.tensor(REAL), torch.tensor(MADE), 0.9)
    real = -0.9 * np.log(sigmoid(REAL)).mean() - 0.1 * np.log(1 - sigmoid(REAL)).mean()
    assert found.item() == pytest.approx(real - np.log(1 - sigmoid(MADE)).mean(), rel=1e-10)


@pytest.mark.parametrize("loss", FORMULAS, ids=lambda loss: loss.__name__)
def test_a_loss_stays_finite_where_a_critic_is_sure(loss):
    sure = torch.tensor([-1e4, 1e4], dtype=torch.float32)
    assert torch.isfinite(loss(sure, -sure))


def square_critic(images: Tensor) -> Tensor:
    """D(x) = ½·‖x‖², whose gradient is x itself."""
    return images.flatten(1).square().sum(1, keepdim=True) / 2


def test_the_slope_penalty_is_taken_between_real_and_made():
    real, made = torch.randn(2, 9, 1, 3, 3, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
    share = torch.rand(9, 1, 1, 1, dtype=torch.float64)
    between = (share * real + (1 - share) * made).flatten(1).numpy()
    expected = ((np.linalg.norm(between, axis=1) - 1) ** 2).mean()
    found = objectives.slope_penalty(square_critic, real, made, share)
    assert found.item() == pytest.approx(expected, rel=1e-10)


def test_the_flatness_penalty_is_the_mean_square_of_the_gradient():
    images = torch.randn(9, 1, 3, 3, dtype=torch.float64)
    expected = (images.flatten(1).numpy() ** 2).sum(1).mean()
    assert objectives.flatness_penalty(square_critic, images).item() == pytest.approx(expected, rel=1e-10)


def test_a_penalty_teaches_the_critic():
    critic = nn.Sequential(nn.Flatten(), nn.Linear(4, 1)).double()
    images = torch.randn(6, 1, 2, 2, dtype=torch.float64)
    objectives.flatness_penalty(critic, images).backward()
    torch.testing.assert_close(critic[1].weight.grad, 2 * critic[1].weight.detach())


def test_matched_features_are_equal_means():
    one, other = torch.tensor([[0.0, 2.0], [2.0, 4.0]]), torch.tensor([[1.0, 1.0]])
    assert objectives.matched_features(one, other).item() == 4.0


GENERATOR_STEPS = 500


def ring(count: int, chance: torch.Generator) -> Tensor:
    """Eight Gaussians on a circle of radius 1, each with a standard deviation of 0.05."""
    angle = torch.randint(8, (count,), generator=chance) * (2 * pi / 8)
    return torch.stack((angle.cos(), angle.sin()), 1) + 0.05 * torch.randn(count, 2, generator=chance)


def neurons(inputs: int, outputs: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Linear(inputs, 64), nn.LeakyReLU(0.2), nn.Linear(64, 64), nn.LeakyReLU(0.2), nn.Linear(64, outputs)
    )


def energy_distance(one: Tensor, other: Tensor) -> float:
    """2·E‖x − y‖ − E‖x − x'‖ − E‖y − y'‖: 0 for the same distribution."""
    between, first, second = (
        torch.cdist(*pair).mean() for pair in ((one, other), (one, one), (other, other))
    )
    return (2 * between - first - second).item()


PACE = {"wasserstein-clip": (5e-4, 5), "wasserstein-gp": (1e-3, 5)}
"""Learning rate and critic's steps, where they are not 1e-3 and 1."""


@pytest.mark.parametrize("name", [name for name in OBJECTIVES if name != "minimax"])
def test_an_objective_learns_a_ring_of_gaussians(name):
    objective, (rate, steps) = OBJECTIVES[name], PACE.get(name, (1e-3, 1))
    torch.manual_seed(0)
    chance = torch.Generator().manual_seed(1)
    generator, critic, mean = neurons(4, 2), neurons(2, 1), neurons(4, 2)
    untrained = ring(1000, chance), mean(torch.randn(1000, 4, generator=chance)).detach()
    teach, criticise = (
        torch.optim.Adam(each.parameters(), lr=rate, betas=(0.0, 0.9)) for each in (generator, critic)
    )
    for _ in range(GENERATOR_STEPS):
        for _ in range(steps):
            real, made = ring(64, chance), generator(torch.randn(64, 4, generator=chance)).detach()
            loss = objective.critic(critic(real), critic(made))
            if objective.slope:
                share = torch.rand(64, 1, generator=chance)
                loss = loss + objectives.slope_penalty(critic, real, made, share)
            if objective.flatness:
                for images in (real, made):
                    loss = loss + 0.05 * objectives.flatness_penalty(critic, images)
            criticise.zero_grad()
            loss.backward()
            criticise.step()
            if objective.clip:
                for parameter in critic.parameters():
                    parameter.data.clamp_(-0.1, 0.1)
        real, made = ring(64, chance), generator(torch.randn(64, 4, generator=chance))
        teach.zero_grad()
        objective.generator(critic(real), critic(made)).backward()
        teach.step()
        for kept, new in zip(mean.parameters(), generator.parameters(), strict=True):
            kept.data.lerp_(new.data, 0.01)
    found = energy_distance(ring(1000, chance), mean(torch.randn(1000, 4, generator=chance)).detach())
    assert energy_distance(*untrained) > 0.3
    assert found < 0.05
