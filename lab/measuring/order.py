"""Several seeds of a recipe → its mean and interval; several recipes → their order, in words."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from lab.measuring.report import Measured
from lab.quality.report import Summary, summary

Figure = Callable[[Measured], float]


@dataclass(frozen=True, slots=True)
class Recipe:
    """The generators that one recipe made, a seed each; one of the registry stands alone."""

    name: str
    generators: tuple[Measured, ...]

    def summary(self, figure: Figure) -> Summary:
        """Return the mean of `figure` over the seeds, from two on with its 95 % interval (Student's t)."""
        return summary([figure(each) for each in self.generators])


def frechet(each: Measured) -> float:
    """Return the Fréchet distance."""
    return each.figures.frechet


def kernel(each: Measured) -> float:
    """Return the kernel distance."""
    return each.figures.kernel.mean


def recipes(generators: Sequence[Measured], figure: Figure = frechet) -> list[Recipe]:
    """Return the generators by recipe, in the order of `figure`'s mean, the least (the best) first."""
    by_name: dict[str, list[Measured]] = {}
    for each in generators:
        by_name.setdefault(each.training.recipe if each.training else each.name, []).append(each)
    found = [Recipe(name, tuple(group)) for name, group in by_name.items()]
    return sorted(found, key=lambda each: each.summary(figure).mean)


def short(names: Sequence[str]) -> dict[str, str]:
    """Return each name without the words that all begin with, if anything of every one is left.

    >>> short(["generate-fashion-gan", "generate-fashion-wgan-gp"])
    {'generate-fashion-gan': 'gan', 'generate-fashion-wgan-gp': 'wgan-gp'}
    >>> short(["generate-flowers-modern"])
    {'generate-flowers-modern': 'flowers-modern'}
    """
    words = [name.removeprefix("generate-").split("-") for name in names]
    alike = 0
    if len(set(names)) > 1:
        most = min(len(each) for each in words) - 1
        while alike < most and len({each[alike] for each in words}) == 1:
            alike += 1
    return {name: "-".join(each[alike:]) for name, each in zip(names, words, strict=True)}


def in_words(generators: Sequence[Measured]) -> str:
    """Return which recipe is better than which by the Fréchet distance, and how sure that is.

    Says nothing of a single recipe.
    """
    best_first = recipes(generators)
    if len(best_first) < 2:
        return ""
    names = short([each.name for each in best_first])
    said = [f"By the Fréchet distance, the best first: {_chain(best_first, names)}."]
    alone = [names[each.name] for each in best_first if len(each.generators) == 1]
    if len(alone) == len(best_first):
        said.append("One seed each: other seeds may change the order.")
    elif alone:
        said.append(f"One seed only: {', '.join(alone)}; another seed may change that place.")
    said += _neighbours(best_first, names)
    by_kernel = recipes(generators, kernel)
    alike = [each.name for each in by_kernel] == [each.name for each in best_first]
    said.append(
        "The kernel distance orders them alike."
        if alike
        else f"By the kernel distance: {_chain(by_kernel, names)}."
    )
    return " ".join(said)


def _chain(ordered: Sequence[Recipe], names: dict[str, str]) -> str:
    return " < ".join(f"**{names[each.name]}**" for each in ordered)


def _neighbours(ordered: Sequence[Recipe], names: dict[str, str]) -> list[str]:
    """Say of recipes that stand next to each other, and have intervals, whether those overlap."""
    overlap: dict[bool, list[str]] = {True: [], False: []}
    for better, worse in pairwise(ordered):
        first, second = better.summary(frechet), worse.summary(frechet)
        if first.half is not None and second.half is not None:
            pair = f"{names[better.name]} and {names[worse.name]}"
            overlap[first.mean + first.half >= second.mean - second.half].append(pair)
    said = {
        True: "Neighbours whose 95 % intervals overlap",
        False: "Neighbours whose intervals do not overlap",
    }
    return [f"{said[each]}: {'; '.join(overlap[each])}." for each in (True, False) if overlap[each]]
