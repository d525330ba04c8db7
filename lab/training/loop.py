"""The loop: draw, pose, learn; now and then an examination and a checkpoint.

Every step's chance comes from the recipe's seed and the step's number alone, so that a training that was
killed goes on as if nothing had been. With a budget of steps the result is the same to the last bit on the
same machine and number of threads.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from lab.errors import RanAwayError
from lab.training import checkpoint, learners, lessons
from lab.training.album import Album, Photo
from lab.training.journal import Journal
from lab.training.lesson import Lesson, Marks
from lab.training.recipe import Recipe
from lab.training.schedule import Budget, learning_rate

EXAMINATIONS = 15
"""How many examinations a training has, evenly over its budget."""

LOGGED_STEPS = 50

PATIENCE = 1000
"""Steps after which an examination may say that it is of no use to go on."""

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Workplace:
    """Where and how it is computed; nothing here is the recipe's.

    `device` is "cpu" or "cuda:N"; `precision` "float32" or "bfloat16" (weights stay float32 in both);
    `workers` processes draw examples, 0 for none of their own; a checkpoint is kept every `keep_every`
    seconds.
    """

    device: torch.device
    precision: str
    workers: int = 0
    keep_every: float = 60.0


@dataclass(frozen=True, slots=True)
class Best:
    """The weights that did best in an examination, after how many steps."""

    weights: Mapping[str, Tensor]
    step: int
    score: float


@dataclass(frozen=True, slots=True)
class Trained:
    """What a training came to: the best weights, all steps, the seconds it took; if it failed, why."""

    best: Best
    steps: int
    seconds: float
    failure: str = ""


def train(
    recipe: Recipe,
    album: Album,
    folder: Path,
    *,
    budget: Budget,
    workplace: Workplace,
    begin_with: Mapping[str, Any] | None = None,
    tell: Tell,
) -> Trained:
    """Train `recipe` on `album` until `budget` is used up, going on from a checkpoint in `folder`.

    Where there is none, the network begins with those weights of `begin_with` that fit.

    Where the training ran away, the best weights before it did are returned, with the reason.

    Raises LabError: see `lab.errors`; RanAwayError: before there were any good weights.
    """
    training = _Training(recipe, album, folder, budget, workplace, tell)
    if begin_with is not None and training.learner.step == 0:
        training.begin_with(begin_with)
    failure = ""
    try:
        training.run()
    except RanAwayError as error:
        if training.best is None:
            raise
        failure = str(error)
    return Trained(training.chosen(), training.learner.step, training.seconds(), failure)


class Draws(Dataset[dict[str, Any]]):
    """Batches by the number of their step, made from nothing but the seed and that number."""

    def __init__(self, lesson: Lesson, photos: tuple[Photo, ...], recipe: Recipe) -> None:
        self._lesson, self._photos, self._recipe = lesson, photos, recipe

    def __getitem__(self, step: int) -> dict[str, Any]:
        """Return the batch of `step`."""
        rng = np.random.default_rng((self._recipe.seed, step))
        plan = self._recipe.training
        return dict(self._lesson.draw(self._photos, rng, plan.batch, plan.patch))


class _Training:
    def __init__(
        self, recipe: Recipe, album: Album, folder: Path, budget: Budget, workplace: Workplace, tell: Tell
    ) -> None:
        self._recipe, self._album, self._folder, self._budget = recipe, album, folder, budget
        self._photos = album.fingerprint()
        self._workplace, self._tell = workplace, tell
        self._lesson = lessons.lesson(recipe.lesson.kind, recipe.lesson.settings)
        torch.manual_seed(recipe.seed)
        self.learner = learners.learner(recipe, workplace.device, workplace.precision)
        self._examined, self._before, self.best = 0, 0.0, None
        self._restore()
        self._journal = Journal(folder, self.learner.step)
        self._started = self._kept = time.monotonic()

    def begin_with(self, weights: Mapping[str, Any]) -> None:
        """Take the `weights` that fit, and tell which do not; raises TrainingError: none does."""
        missing = self.learner.begin_with(weights)
        left = f"; {', '.join(missing)} begin by chance" if missing else ""
        self._tell(f"The network begins with given weights{left}.")

    def seconds(self) -> float:
        """Return the seconds of computing so far, those before a kill included."""
        return self._before + time.monotonic() - self._started

    def run(self) -> None:
        self._keep()  # at once, so that a full disk or a wrong folder is found before the work
        batches = self._batches()
        pending: list[Mapping[str, Tensor]] = []
        while (progress := self._budget.progress(self.learner.step, self.seconds())) < 1:
            plan = self._recipe.training
            rate = learning_rate(plan.learning_rate, self.learner.step, plan.warm_up, progress)
            question = self._lesson.pose(next(batches), self._generator())
            pending.append(self.learner.learn(self._lesson, question, rate))
            if self.learner.step % LOGGED_STEPS == 0:
                self._log(pending, rate)
                pending = []
            self._examine_if_due(pending)
            if time.monotonic() - self._kept >= self._workplace.keep_every:
                self._means(pending)  # a state that ran away must not take the place of a good one
                self._keep()
        self._examine_if_due(pending)  # the time may have run out since the last one
        self._means(pending)
        self._keep()
        self._journal.draw()

    def chosen(self) -> Best:
        """Return the best weights; the last ones, where there was no examination."""
        return self.best or Best(self.learner.weights(), self.learner.step, 0.0)

    def _batches(self) -> Iterator[dict[str, Tensor]]:
        """Yield the batches from the next step on, on the device."""
        device, workers = self._workplace.device, self._workplace.workers
        loader = DataLoader(
            Draws(self._lesson, self._album.learning, self._recipe),
            batch_size=None,
            sampler=range(self.learner.step, 2**40),
            num_workers=workers,
            prefetch_factor=4 if workers else None,
            pin_memory=device.type == "cuda",
            worker_init_fn=_alone,
        )
        for batch in loader:
            yield {name: tensor.to(device, non_blocking=True) for name, tensor in batch.items()}

    def _generator(self) -> torch.Generator:
        """Return the device's chance for this step."""
        seeds = np.random.SeedSequence((self._recipe.seed, self.learner.step, 1))
        seed = int(seeds.generate_state(1, np.uint64)[0])
        return torch.Generator(self._workplace.device).manual_seed(seed)

    def _log(self, pending: list[Mapping[str, Tensor]], rate: float) -> None:
        figures = {name: round(mean, 6) for name, mean in self._means(pending).items()}
        self._journal.add({**self._now(), **figures, "learning_rate": round(rate, 8)})

    def _means(self, pending: list[Mapping[str, Tensor]]) -> dict[str, float]:
        """Return the mean figures of the `pending` steps; raises RanAwayError: one is no number."""
        names = pending[0] if pending else ()
        means = {name: torch.stack([each[name] for each in pending]).mean().item() for name in names}
        for name, mean in means.items():
            if not isfinite(mean):
                raise self._ran_away(f"the {name} ran away (it is {mean})")
        return means

    def _ran_away(self, why: str) -> RanAwayError:
        return RanAwayError(
            f"Near step {self.learner.step} {why}. Lower 'learning_rate' in the recipe "
            f"'{self._recipe.name}', and begin anew in another --out."
        )

    def _now(self) -> dict[str, float]:
        return {"step": self.learner.step, "minutes": round(self.seconds() / 60, 3)}

    def _examine_if_due(self, pending: list[Mapping[str, Tensor]]) -> None:
        due = self._due(self.seconds())
        if due <= self._examined or not self._album.held_out:
            return
        self._means(pending)
        self._examined = due
        marks = self._examine()
        if not isfinite(marks.score):
            raise self._ran_away(f"the examination's figures are no numbers ({dict(marks.figures)})")
        if not marks.hopeless and (self.best is None or marks.score >= self.best.score):
            self.best = Best(self.learner.weights(), self.learner.step, marks.score)
        figures = {name: round(value, 3) for name, value in marks.figures.items()}
        self._journal.add({**self._now(), "figures": figures})
        self._journal.draw()
        if marks.picture is not None:
            self._journal.show(self.learner.step, marks.picture)
        self._tell(f"step {self.learner.step}, {self.seconds() / 60:.1f} min: {figures}")
        if marks.hopeless and self.learner.step >= PATIENCE:
            raise self._ran_away(marks.hopeless)
        self._keep()

    def _due(self, seconds: float) -> int:
        """Return how many examinations belong to what is done of the budget, after `seconds` of it."""
        return int(EXAMINATIONS * self._budget.progress(self.learner.step, seconds))

    def _examine(self) -> Marks:
        photos = self._album.held_out
        some = photos[:: max(1, len(photos) // lessons.examined_photos(self._recipe.lesson.kind))]
        with torch.inference_mode():
            return self._lesson.examine(self.learner.mean, some, self._workplace.device)

    def _keep(self) -> None:
        best = self.best and {
            "weights": dict(self.best.weights),
            "step": self.best.step,
            "score": self.best.score,
        }
        state = {
            "recipe": self._recipe.content(),
            "photos": self._photos,
            "precision": self._workplace.precision,
            "learner": {**self.learner.state(), "seconds": self.seconds(), "examined": self._examined},
            "best": best,
        }
        checkpoint.save(self._folder, state)
        self._kept = time.monotonic()

    def _restore(self) -> None:
        state = checkpoint.load(self._folder, self._recipe.content(), self._photos, self._workplace.precision)
        if state is None:
            return
        learner = state["learner"]
        self.learner.restore(learner)
        self._before = learner["seconds"]
        self._examined = min(learner["examined"], self._due(self._before))  # of a larger budget, less is done
        self.best = state["best"] and Best(**state["best"])
        self._tell(f"Going on from step {self.learner.step}, after {self._before / 60:.1f} minutes.")


def _alone(_worker: int) -> None:
    """Keep OpenCV to one thread in each worker: there are as many workers as cores."""
    cv2.setNumThreads(1)
