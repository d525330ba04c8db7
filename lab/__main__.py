"""The lab's command line.

    python -m lab degrade TASK INPUT OUTPUT --seed N [--set name=value …]
    python -m lab train RECIPE --data FOLDER … --out FOLDER [--minutes N] [--device auto]
    python -m lab bench TASK --data FOLDER … [--models ID …] [--json FILE] [--markdown FILE] [--plot FILE]
    python -m lab measure MODEL_OR_FOLDER … --data FOLDER … [--count N] [--json FILE] [--neighbours FILE]
    python -m lab ship FOLDER [--name NAME] [--notes FILE]
    python -m lab sheet TASK OUTPUT --data FOLDER … [--as-is | --trial NAME] [--list FILE] [--models ID …]
    python -m lab publish WEIGHTS OWNER/NAME [--model ID] [--dry-run DIR]

Exit codes: 0 done, 1 some inputs failed (named on stderr), 2 wrong call or nothing to be done about it,
130 stopped by Ctrl-C.
"""

import argparse
import os
import sys
from collections.abc import Sequence

from lab.commands import bench, degrade, measure, publish, sheet, ship, train
from lab.errors import LabError
from models.commands.codes import INTERRUPTED, WRONG_CALL
from models.errors import ModelsError
from models.settings import Settings


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; argparse itself leaves with 2 on a wrong call."""
    typed = sys.argv[1:] if arguments is None else list(arguments)
    parser = argparse.ArgumentParser(prog="python -m lab", description="Where models are made and measured.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for command in (degrade, train, bench, measure, sheet, ship, publish):
        command.add_to(commands)
    call = parser.parse_args(typed, argparse.Namespace(typed=typed))
    try:
        return call.run(call, Settings.from_environment(os.environ))
    except (ModelsError, LabError) as error:
        print(error, file=sys.stderr)
        return WRONG_CALL
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return INTERRUPTED


if __name__ == "__main__":
    sys.exit(main())
