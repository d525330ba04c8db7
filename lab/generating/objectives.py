"""What generator and critic learn from each other: the five objectives, side by side.

D(x) is the critic's judgement of an image x, one number, higher for what it takes for real; before any
sigmoid, so σ(D) is the probability that x is real. Each function takes judgements of real and of made images,
(n, 1) or (n,), and returns a scalar to be made small. All are pure, in the precision they are given.

    minimax        Goodfellow et al. 2014, https://arxiv.org/abs/1406.2661
    non-saturating the same: what its authors trained the generator on
    least squares  Mao et al. 2017, https://arxiv.org/abs/1611.04076
    Wasserstein    Arjovsky, Chintala, Bottou 2017, https://arxiv.org/abs/1701.07875
    relativistic   Jolicoeur-Martineau 2019, https://arxiv.org/abs/1807.00734, as in
                   R3GAN (Huang et al. 2024, https://arxiv.org/abs/2501.05441)
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import softplus

Judge = Callable[[Tensor], Tensor]
"""Images (n, channels, side, side) → judgements (n, 1)."""


def critic_by_logarithm(real: Tensor, made: Tensor, smooth: float = 1.0) -> Tensor:
    """Return −s·E[log σ(D(x))] − (1 − s)·E[log(1 − σ(D(x)))] − E[log(1 − σ(D(G(z))))].

    `smooth` s below 1 is one-sided label smoothing (Salimans et al. 2016, https://arxiv.org/abs/1606.03498).
    """
    return (softplus(-real) + (1 - smooth) * real).mean() + softplus(made).mean()


def generator_minimax(real: Tensor, made: Tensor) -> Tensor:
    """Return E[log(1 − σ(D(G(z))))]: hardly any slope while the critic is sure, which is its weakness."""
    del real
    return -softplus(made).mean()


def generator_non_saturating(real: Tensor, made: Tensor) -> Tensor:
    """Return −E[log σ(D(G(z)))]."""
    del real
    return softplus(-made).mean()


def critic_by_squares(real: Tensor, made: Tensor) -> Tensor:
    """Return ½·E[(D(x) − 1)²] + ½·E[D(G(z))²]."""
    return ((real - 1).square().mean() + made.square().mean()) / 2


def generator_by_squares(real: Tensor, made: Tensor) -> Tensor:
    """Return ½·E[(D(G(z)) − 1)²]."""
    del real
    return (made - 1).square().mean() / 2


def critic_by_distance(real: Tensor, made: Tensor) -> Tensor:
    """Return E[D(G(z))] − E[D(x)]: less the Wasserstein distance, if D is 1-Lipschitz."""
    return made.mean() - real.mean()


def generator_by_distance(real: Tensor, made: Tensor) -> Tensor:
    """Return −E[D(G(z))]."""
    del real
    return -made.mean()


def critic_by_comparison(real: Tensor, made: Tensor) -> Tensor:
    """Return E[softplus(−(D(x) − D(G(z))))]: real images should be judged better, pair by pair."""
    return softplus(made - real).mean()


def generator_by_comparison(real: Tensor, made: Tensor) -> Tensor:
    """Return E[softplus(−(D(G(z)) − D(x)))]."""
    return softplus(real - made).mean()


def slope_penalty(critic: Judge, real: Tensor, made: Tensor, share: Tensor) -> Tensor:
    """Return E[(‖∇D(x̂)‖₂ − 1)²], x̂ = u·x + (1 − u)·G(z), `share` u (n, 1, …) from 0 to 1.

    Gulrajani et al. 2017, https://arxiv.org/abs/1704.00028: what makes D 1-Lipschitz between the two.
    """
    between = (share * real + (1 - share) * made).detach().requires_grad_()
    return (_slopes(critic, between).sqrt() - 1).square().mean()


def flatness_penalty(critic: Judge, images: Tensor) -> Tensor:
    """Return E[‖∇D(x)‖²] at `images`: R1 at real ones, R2 at made ones.

    Mescheder, Geiger, Nowozin 2018, https://arxiv.org/abs/1801.04406.
    """
    return _slopes(critic, images.detach().requires_grad_()).mean()


def matched_features(real: Tensor, made: Tensor) -> Tensor:
    """Return ‖E[f(x)] − E[f(G(z))]‖² of features (n, …) of the critic: feature matching (Salimans et al.)."""
    return (real.mean(0) - made.mean(0)).square().sum()


def _slopes(critic: Judge, images: Tensor) -> Tensor:
    """Return the squared length of the critic's gradient at each of `images`, (n,)."""
    (gradient,) = torch.autograd.grad(critic(images).sum(), images, create_graph=True)
    return gradient.flatten(1).square().sum(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Objective:
    """What the two learn from, and what keeps the critic in bounds.

    `critic` and `generator` are losses of judgements of real and made images; the generator's looks at real
    ones only if it `compares`. `slope` weighs `slope_penalty`, `flatness` half of R1 and R2 (γ/2). `clip`:
    the critic's weights are kept within ± that.
    """

    critic: Callable[[Tensor, Tensor], Tensor]
    generator: Callable[[Tensor, Tensor], Tensor]
    compares: bool = False
    slope: float = 0.0
    flatness: float = 0.0
    clip: float | None = None


OBJECTIVES: Mapping[str, Objective] = {
    "minimax": Objective(critic=critic_by_logarithm, generator=generator_minimax),
    "non-saturating": Objective(critic=critic_by_logarithm, generator=generator_non_saturating),
    "least-squares": Objective(critic=critic_by_squares, generator=generator_by_squares),
    "wasserstein-clip": Objective(critic=critic_by_distance, generator=generator_by_distance, clip=0.01),
    "wasserstein-gp": Objective(critic=critic_by_distance, generator=generator_by_distance, slope=10.0),
    "relativistic": Objective(
        critic=critic_by_comparison, generator=generator_by_comparison, compares=True, flatness=1.0
    ),
}
"""By the name that recipes use. The first two are one objective: the critic's is the same."""
