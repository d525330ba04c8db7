"""Networks prepared in a process of their own: torch's memory goes with it, and it can be ended."""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryFile

from models.errors import StoppedError
from models.progress import StopFlag, never
from models.waiting import LOOK

_HOUSE = Path(__file__).parents[1]


def prepare_aside(models: Sequence[str], *, niceness: int = 0, stop: StopFlag = never) -> str:
    """Run `python -m models prepare` for these models; return the last line it said if it failed, else "".

    It has the environment of this process, `niceness` more of it (0 to 19: how much it leaves to others), and
    ends with it, however that ends.

    Raises StoppedError; OSError: no process can be started.
    """
    command = [sys.executable, "-m", "models", "prepare", "--background", str(niceness), *models]
    with (
        TemporaryFile() as errors,
        subprocess.Popen(  # noqa: S603 # our own program
            command,
            cwd=_HOUSE,
            stdin=subprocess.PIPE,  # nothing is written: it is open as long as we are here
            stdout=subprocess.DEVNULL,
            stderr=errors,
            start_new_session=True,  # Ctrl-C is for this process
        ) as process,
    ):
        code = _ended(process, stop)
        errors.seek(0)
        last = errors.read().decode(errors="replace").strip().rpartition("\n")[2]
    return (last or f"The process ended with code {code}.") if code else ""


def _ended(process: "subprocess.Popen[bytes]", stop: StopFlag) -> int:
    """Return the exit code of the process. Raises StoppedError, when it has ended, too."""
    while True:
        try:
            return process.wait(LOOK)
        except subprocess.TimeoutExpired:
            if stop():
                process.kill()
                raise StoppedError("Stopped while a network was prepared. Nothing was changed.") from None
