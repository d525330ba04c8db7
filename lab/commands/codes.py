"""How a command ends: with 0 done, 1 some inputs failed, 2 wrong call, 130 stopped by Ctrl-C."""

DONE, SOME_FAILED, WRONG_CALL, STOPPED = 0, 1, 2, 130
