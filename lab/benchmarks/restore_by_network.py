"""One photo through the sample network in a process of its own: prints memory, time and engine as JSON.

python -m lab.benchmarks.restore_by_network FOLDER INPUT [DEVICE]
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
    device = sys.argv[3] if sys.argv[3:] else "cpu"
    workshop = install(folder, device=device)
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
        **_device_peak(device),
    }
    sys.stdout.write(json.dumps(said))


def _device_peak(device: str) -> dict[str, int]:
    """Return the most of a GPU's memory that torch held at a time, in MiB; nothing on a CPU."""
    if device == "cpu":
        return {}
    import torch

    return {"device_peak_mib": round(torch.cuda.max_memory_reserved(device) / 2**20)}


if __name__ == "__main__":
    main()
