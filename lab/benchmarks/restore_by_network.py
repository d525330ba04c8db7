"""One photo through the sample network in a process of its own: prints memory, time and engine as JSON.

python -m lab.benchmarks.restore_by_network FOLDER INPUT
"""

import json
import sys
from pathlib import Path

import numpy as np

import models
from lab.benchmarks.restore_once import peak_mib
from lab.benchmarks.sample_network import ID, install
from lab.benchmarks.timing import seconds
from models import pixels


def main() -> None:
    """Load the network by a tiny photo, then restore INPUT."""
    folder, photo = Path(sys.argv[1]), Path(sys.argv[2])
    workshop = install(folder)
    tiny = pixels.from_array(np.zeros((8, 8, 3), np.uint8))
    engine = models.restore(ID, tiny, workshop=workshop).provenance.engine
    idle = peak_mib()
    target = photo.with_suffix(".out.jpg")
    taken = seconds(lambda: models.restore(ID, photo, workshop=workshop).save(target))
    said = {
        "engine": engine,
        "idle_mib": round(idle),
        "peak_mib": round(peak_mib()),
        "seconds": round(taken, 1),
    }
    sys.stdout.write(json.dumps(said))


if __name__ == "__main__":
    main()
