import pytest

from ui.wiring.stopping import PAGES_WAITING, StopFlags


def test_stop_reaches_the_runs_of_its_own_page_alone():
    flags = StopFlags()
    with flags.running("mine") as one, flags.running("mine") as two, flags.running("other") as other:
        flags.rise("mine")
        assert (one(), two(), other()) == (True, True, False)


def test_a_new_run_begins_unstopped():
    flags = StopFlags()
    with flags.running("mine") as first:
        flags.rise("mine")
        with flags.running("mine") as second:
            assert (first(), second()) == (True, False)


def test_stop_where_nothing_runs_is_harmless():
    flags = StopFlags()
    flags.rise("nobody")
    with flags.running("nobody") as stopped:
        assert not stopped()


def test_a_run_that_waits_can_be_stopped_before_it_begins():
    flags = StopFlags()
    flags.expect("mine")
    flags.expect("other")
    flags.rise("mine")
    with flags.running("mine") as mine, flags.running("other") as other:
        assert (mine(), other()) == (True, False)
    with flags.running("mine") as again:
        assert not again()


def test_pages_that_were_closed_while_they_waited_are_forgotten():
    flags = StopFlags()
    for number in range(PAGES_WAITING + 5):
        flags.expect(str(number))
    assert len(flags._waiting) == PAGES_WAITING
    flags.rise("0")
    flags.rise(str(PAGES_WAITING))
    with flags.running(str(PAGES_WAITING)) as newest, flags.running("0") as oldest:
        assert (newest(), oldest()) == (True, False)


def test_runs_that_ended_are_forgotten_also_after_an_error():
    flags = StopFlags()
    with flags.running("mine"), flags.running("mine"):
        pass
    with pytest.raises(ValueError, match="broken"), flags.running("mine"):
        raise ValueError("broken")
    assert flags._running == {}
