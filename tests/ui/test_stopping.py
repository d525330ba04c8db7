from ui.stopping import PAGES_KEPT, StopFlags


def test_stop_reaches_the_run_of_its_own_page_alone():
    flags = StopFlags()
    mine, other = flags.lower("mine"), flags.lower("other")
    flags.rise("mine")
    assert (mine.is_set(), other.is_set()) == (True, False)


def test_a_new_run_begins_unstopped():
    flags = StopFlags()
    first = flags.lower("mine")
    flags.rise("mine")
    assert not flags.lower("mine").is_set()
    assert first.is_set()


def test_stop_where_nothing_runs_is_harmless():
    flags = StopFlags()
    flags.rise("nobody")
    assert not flags.lower("nobody").is_set()


def test_flags_of_pages_long_gone_are_forgotten_and_the_newest_are_kept():
    flags = StopFlags()
    first = flags.lower("first")
    flags.lower("again")
    for number in range(PAGES_KEPT - 2):
        flags.lower(str(number))
    again = flags.lower("again")
    flags.lower("one more")
    flags.rise("first")
    flags.rise("again")
    assert (first.is_set(), again.is_set()) == (False, True)
    assert len(flags._flags) == PAGES_KEPT
