"""Results are made behind the stage: once, when nobody waits, and only by models as they are now."""

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from models import registry
from models.card import Card, Task
from models.errors import ModelsError
from ratings.errors import StoreError
from ratings.stimuli import Stimulus
from ui import gallery
from ui.dealing import backstage as backstage_module
from ui.dealing.backstage import GRID_SEEDS, Backstage, Job
from ui.dealing.ring import Ring
from ui.dealing.staging import Owned
from ui.gallery import Gallery

ALICE = "a" * 64
QUICK = ("denoise-median", "denoise-mean")


@pytest.fixture
def example() -> gallery.Example:
    return gallery.load().by_task(Task.DENOISE)[0]


@pytest.fixture
def behind(ring: Ring, example: gallery.Example, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Backstage]:
    """`behind()` is a backstage of two quick models and one example; it remembers what it told."""
    offered = backstage_module.runnable

    def few(task: Task, workshop: object) -> list[object]:
        return [each for each in offered(task, workshop) if each.card.id in QUICK]

    monkeypatch.setattr(backstage_module, "runnable", few)

    def make(busy: Callable[[], bool] = lambda: False) -> Backstage:
        return Backstage(ring.stage, ring.dealer, Gallery((example,)), busy, told.append)

    told = list[str]()
    make.told = told
    return make


def finished(backstage: Backstage) -> None:
    """Wait until its thread is done."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if backstage._begun.acquire(blocking=False):
            backstage._begun.release()
            return
        time.sleep(0.01)
    pytest.fail("The backstage did not come to its end.")


def run(backstage: Backstage) -> None:
    backstage.begin()
    finished(backstage)


def ready(ring: Ring) -> list[Stimulus]:
    return list(ring.stage.stimuli.of_task("denoise"))


def spoil(monkeypatch: pytest.MonkeyPatch, ring: Ring, make: Callable[[Card], object]) -> list[str]:
    """Put `make` before the real restoring; return the models that were asked."""
    asked = list[str]()
    real = type(ring.stage).restored

    def restored(self, card, photo, **more):
        asked.append(card.id)
        make(card)
        return real(self, card, photo, **more)

    monkeypatch.setattr(type(ring.stage), "restored", restored)
    return asked


def refuse_mean(card: Card) -> None:
    if card.id == "denoise-mean":
        raise ModelsError("It has no weights today.")


def test_what_is_missing_is_made_once(ring, behind):
    backstage = behind()
    assert [job.card.id for job in backstage.missing()] == ["denoise-mean", "denoise-median"]
    run(backstage)
    assert sorted(each.contestant.model for each in ready(ring)) == sorted(QUICK)
    assert (backstage.made, backstage.wanted) == (2, 2)
    made = ready(ring)
    run(backstage)
    assert backstage.wanted == 0
    assert ready(ring) == made
    assert behind.told == []


def test_a_pair_can_be_dealt_as_soon_as_two_are_made(ring, behind):
    assert ring.dealer.ready("denoise") == 0
    run(behind())
    assert ring.dealer.ready("denoise") == 2
    ring.dealer.deal("denoise", ALICE)


def test_a_furnished_arena_has_nothing_to_make(furnished_ring):
    assert furnished_ring.backstage.missing() == []


@pytest.mark.parametrize("change", [{"version": 99}, {"id": "denoise-tomorrow"}])
def test_results_of_models_as_they_are_no_longer_are_retired(ring, behind, example, keep, change):
    stale = keep(ring, replace(registry.get("denoise-median"), **change), example.id)
    assert ready(ring) == [stale]
    run(behind())
    assert stale not in ready(ring)
    assert sorted(each.contestant.model for each in ready(ring)) == sorted(QUICK)


def test_a_model_that_comes_back_stands_there_again(ring, behind, monkeypatch):
    backstage = behind()
    run(backstage)
    before = ready(ring)
    with monkeypatch.context() as away:
        away.setattr(backstage_module, "runnable", lambda *_: [])
        run(backstage)
        assert ready(ring) == []
    run(backstage)
    assert ready(ring) == before


def test_a_result_whose_picture_is_lost_is_made_anew(ring, behind):
    backstage = behind()
    run(backstage)
    lost = ready(ring)[0]
    ring.stage.pictures.drop(lost.shown_sha256)
    run(backstage)
    assert (backstage.made, backstage.wanted) == (1, 1)
    assert ring.stage.pictures.file(lost.shown_sha256).is_file()
    assert {each.contestant.model for each in ready(ring)} == set(QUICK)


def test_a_model_that_fails_is_told_of_and_the_others_are_made(ring, behind, monkeypatch):
    spoil(monkeypatch, ring, refuse_mean)
    run(behind())
    assert [each.contestant.model for each in ready(ring)] == ["denoise-median"]
    assert behind.told == ["denoise-mean does not stand in the Arena. It has no weights today."]


def test_a_model_that_failed_is_not_tried_on_every_input(ring, behind, monkeypatch):
    asked = spoil(monkeypatch, ring, refuse_mean)
    backstage = Backstage(ring.stage, ring.dealer, gallery.load(), lambda: False, behind.told.append)
    run(backstage)
    assert asked.count("denoise-mean") == 1
    assert len(behind.told) == 1
    examples = gallery.load().by_task(Task.DENOISE)
    assert asked.count("denoise-median") == len(examples) == len(ready(ring))
    assert backstage.made == backstage.wanted


def test_pages_that_wait_do_not_make_a_failing_model_fail_again_and_again(ring, behind, monkeypatch):
    asked = spoil(monkeypatch, ring, refuse_mean)
    backstage = behind()
    for _ in range(3):
        run(backstage)
    assert asked.count("denoise-mean") == 1


def test_a_disk_that_fails_is_told_of_and_tried_again_later(ring, behind, monkeypatch):
    def fail(self: object, shown: object) -> None:
        raise StoreError("The disk is full.")

    with monkeypatch.context() as full:
        full.setattr(type(ring.stage.stimuli), "add", fail)
        run(behind())
    assert behind.told == ["The Arena's results could not all be made. The disk is full."]
    run(behind())
    assert len(ready(ring)) == 2


def test_it_waits_while_a_visitors_run_is_on(ring, behind, monkeypatch):
    monkeypatch.setattr(backstage_module, "_PATIENCE_SECONDS", 0.01)
    busy = threading.Event()
    busy.set()
    backstage = behind(busy.is_set)
    backstage.begin()
    time.sleep(0.3)
    assert ready(ring) == []
    busy.clear()
    finished(backstage)
    assert len(ready(ring)) == 2


def test_a_visitors_own_run_makes_it_wait(ring, desk, noisy, monkeypatch):
    from models.order import Order

    seen = list[bool]()
    real = desk.restore

    def watched(*arguments, **named):
        seen.append(desk.busy())
        return real(*arguments, **named)

    monkeypatch.setattr(desk, "restore", watched)
    desk.run(desk.admit(noisy), Order(model="denoise-median"))
    assert seen == [True]
    assert not desk.busy()


def test_two_backstages_at_once_make_each_result_once(ring, behind):
    backstages = [behind(), behind()]
    for each in backstages:
        each.begin()
    for each in backstages:
        finished(each)
    assert sorted(each.contestant.model for each in ready(ring)) == sorted(QUICK)
    assert behind.told == []


def test_begun_twice_it_works_once(ring, behind, monkeypatch):
    asked = spoil(monkeypatch, ring, lambda _card: time.sleep(0.05))
    backstage = behind()
    for _ in range(5):
        backstage.begin()
    finished(backstage)
    assert sorted(asked) == sorted(QUICK)


def test_it_looks_again_after_an_hour_and_not_before(behind, monkeypatch):
    begun = list[float]()
    clock = [1e6]
    monkeypatch.setattr(backstage_module.time, "monotonic", lambda: clock[0])
    backstage = behind()
    monkeypatch.setattr(backstage, "_work", lambda: (begun.append(clock[0]), backstage._begun.release()))
    for passed in (0.0, 10.0, 3580.0, 20.0):
        clock[0] += passed
        backstage.tend()
        while backstage._begun.locked():
            threading.Event().wait(0.001)
    assert begun == [1e6, 1e6 + 3610]


def test_own_photos_without_consent_go_after_a_day_with_their_files(ring, behind, noisy, monkeypatch):
    card = registry.get("denoise-median")
    given = ring.stage.restored(card, noisy, owned=Owned("b" * 64, consent=True))
    taken = ring.stage.restored(registry.get("denoise-mean"), noisy, owned=Owned(ALICE, consent=False))
    backstage = behind()
    run(backstage)
    assert ring.stage.pictures.file(taken.shown_sha256).is_file()
    monkeypatch.setattr(backstage_module, "OWN_KEPT_FOR", timedelta(seconds=-1))
    run(backstage)
    assert ring.stage.stimuli.of_task("denoise", owner=ALICE) == ()
    assert not (ring.stage.pictures.root / f"{taken.shown_sha256}.png").exists()
    assert ring.stage.pictures.file(given.shown_sha256).is_file()
    assert ring.stage.pictures.file(given.original_sha256).is_file()


def test_a_picture_that_another_stimulus_shows_outlives_an_own_photo(ring, behind, example, monkeypatch):
    own = ring.stage.restored(registry.get("denoise-median"), example.file, owned=Owned(ALICE, consent=False))
    backstage = behind()
    run(backstage)
    monkeypatch.setattr(backstage_module, "OWN_KEPT_FOR", timedelta(seconds=-1))
    run(backstage)
    assert ring.stage.stimuli.of_task("denoise", owner=ALICE) == ()
    assert ring.stage.pictures.file(own.shown_sha256).is_file()


def test_every_task_gets_on_and_quick_methods_come_first(ring):
    jobs = backstage_module._by_turns(ring.backstage.missing())
    assert {str(job.card.task) for job in jobs[:4]} == {"denoise", "dehaze", "derust", "generate"}
    of_task = [job for job in jobs if job.card.task is Task.DENOISE]
    examples = len({job.of.id for job in of_task})
    first = of_task[: 2 * examples]  # two quick methods on every picture: nobody sees but one of them
    assert [job.of.id for job in first[::2]] == [job.of.id for job in first[1::2]]
    assert len({job.of.id for job in first}) == examples
    assert len({job.card.id for job in first}) == 2
    methods = [job.card.method for job in of_task]
    assert methods == sorted(methods)
    grids = [job.of for job in jobs if job.card.task is Task.GENERATE]
    assert set(grids) == set(GRID_SEEDS)
    assert all(isinstance(job, Job) for job in jobs)
