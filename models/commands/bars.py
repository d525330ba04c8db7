"""One line on stderr that shows how far a step is; it is gone when the step is done."""

import sys
from collections.abc import Generator
from contextlib import contextmanager

from tqdm import tqdm

from models.progress import Progress


@contextmanager
def bar(model: str) -> Generator[Progress]:
    """Yield what a step of `model` reports its progress to; where nobody looks, nothing is drawn."""
    form = "{desc}: {percentage:3.0f}%|{bar}| {elapsed}"
    with tqdm(total=1.0, desc=model, bar_format=form, file=sys.stderr, leave=False, disable=None) as drawn:

        def report(step: str, share: float) -> None:
            drawn.set_description_str(f"{model}, {step}", refresh=False)
            drawn.n = share
            drawn.refresh()

        yield report
