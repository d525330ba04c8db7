from concurrent.futures import ThreadPoolExecutor
from time import sleep

import pytest

from models.errors import DeviceError, OutOfMemoryError, StoppedError
from models.rack import Rack


class Dummy:
    device, name, precision, batch = "cpu", "dummy", "float32", 1

    def __init__(self, memory=10):
        self.memory = memory
        self.closed = False

    def close(self):
        self.closed = True


def use(rack, key, engine):
    with rack.use(key, lambda: engine) as loaded:
        return loaded.engine


def test_a_network_is_loaded_once():
    rack, first = Rack(lambda: 100), Dummy()
    assert use(rack, "a", first) is first
    assert use(rack, "a", Dummy()) is first


def test_eight_threads_load_one_network_once():
    rack, loads = Rack(lambda: 100), []

    def load():
        sleep(0.05)
        loads.append(1)
        return Dummy()

    def work(_number):
        with rack.use("a", load):
            sleep(0.01)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
    assert len(loads) == 1


def test_a_stop_is_heard_while_another_thread_loads():
    rack = Rack(lambda: 100)
    with rack._enter("a").loading, pytest.raises(StoppedError), rack.use("a", Dummy, lambda: True):
        pass


def test_a_loaded_network_tells_its_memory_and_one_given_back_has_none():
    rack = Rack(lambda: 100)
    assert rack.memory("a") is None
    use(rack, "a", Dummy(7))
    assert rack.memory("a") == 7
    rack.release("a")
    assert rack.memory("a") is None


def test_the_least_recently_used_goes_first():
    rack = Rack(lambda: 25)
    a, b, c = Dummy(), Dummy(), Dummy()
    use(rack, "a", a)
    use(rack, "b", b)
    use(rack, "a", a)
    use(rack, "c", c)
    assert rack.keys() == ("a", "c")
    assert [a.closed, b.closed, c.closed] == [False, True, False]


def test_a_network_in_use_stays_even_above_the_budget():
    rack = Rack(lambda: 5)
    a, b = Dummy(), Dummy()
    with rack.use("a", lambda: a):
        with rack.use("b", lambda: b):
            assert not a.closed
            assert not b.closed
            assert not rack.release("a")
        assert b.closed
        assert not a.closed
    assert a.closed


def test_a_load_that_fails_can_be_tried_again():
    rack = Rack(lambda: 100)

    def fail():
        raise ValueError

    with pytest.raises(ValueError), rack.use("a", fail):  # noqa: PT011
        pass
    engine = Dummy()
    assert use(rack, "a", engine) is engine


def test_short_memory_while_loading_frees_the_idle_ones_and_tries_once_more():
    rack, idle, attempts = Rack(lambda: 100), Dummy(), []

    def load():
        attempts.append(1)
        if len(attempts) == 1:
            raise MemoryError
        return Dummy()

    use(rack, "idle", idle)
    with rack.use("a", load):
        assert idle.closed
    assert len(attempts) == 2


def test_a_network_whose_device_was_lost_is_loaded_anew():
    rack, lost = Rack(lambda: 100), Dummy()
    with pytest.raises(DeviceError), rack.use("a", lambda: lost):
        raise DeviceError("gone")
    anew = Dummy()
    assert use(rack, "a", anew) is anew


def test_releasing_gives_the_memory_back():
    rack, engine = Rack(lambda: 100), Dummy()
    use(rack, "a", engine)
    assert rack.release("a")
    assert engine.closed
    assert rack.keys() == ()


def test_a_network_short_of_memory_stays_loaded():
    rack, engine = Rack(lambda: 100), Dummy()
    with pytest.raises(OutOfMemoryError), rack.use("a", lambda: engine):
        raise OutOfMemoryError("too large")
    assert use(rack, "a", Dummy()) is engine


def test_who_finds_the_device_lost_late_does_not_drop_the_network_loaded_anew():
    rack, anew = Rack(lambda: 100), Dummy()
    with pytest.raises(DeviceError), rack.use("a", Dummy):  # noqa: PT012 # one run inside another
        with pytest.raises(DeviceError), rack.use("a", Dummy):
            raise DeviceError("gone")
        assert use(rack, "a", anew) is anew
        raise DeviceError("gone")
    assert use(rack, "a", Dummy()) is anew


def test_a_forked_rack_lends_the_same_network_whoever_holds_the_locks_of_the_first():
    rack, engine = Rack(lambda: 100), Dummy()
    with rack.use("a", lambda: engine) as loaded, loaded.turn, rack._lock, rack._places["a"].loading:
        assert use(rack.forked(), "a", Dummy()) is engine
