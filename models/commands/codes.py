"""How a command ends: with 0 done, 1 some inputs failed, 2 wrong call."""

DONE, SOME_FAILED, WRONG_CALL = 0, 1, 2
