"""One photo restored in a process of its own, for its peak memory: prints `seconds` and `peak_mib` as JSON.

python -m lab.benchmarks.restore_once MODEL INPUT OUTPUT
"""

import json
import re
import resource
import sys
from pathlib import Path

import models
from lab.benchmarks.timing import seconds


def peak_mib() -> float:
    """Return the most memory this process has held at once, in MiB.

    Linux's VmHWM, where it has one: `getrusage` also counts what the parent held when it started us.
    """
    status = Path("/proc/self/status")
    found = re.search(r"VmHWM:\s+(\d+) kB", status.read_text()) if status.exists() else None
    if found:
        return int(found[1]) / 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1 << 20) if sys.platform == "darwin" else peak / 1024


def main() -> None:
    """Restore once with the defaults and print what it took."""
    model, photo, target = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    taken = seconds(lambda: models.restore(model, photo).save(target))
    sys.stdout.write(json.dumps({"seconds": round(taken, 3), "peak_mib": round(peak_mib(), 1)}))


if __name__ == "__main__":
    main()
