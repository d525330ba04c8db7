from ui.stopping import StopFlags


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
    flag = flags.lower("mine")
    flags.forget("mine")
    flags.forget("mine")
    flags.rise("mine")
    assert not flag.is_set()
