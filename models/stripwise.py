"""A plain method over a photo, strip by strip."""

from collections.abc import Callable, Iterator

from models.method import Output, Window
from models.rows import Rows, Show
from models.strips import strips


def run_in_strips(
    run: Callable[[Window], Output],
    size: tuple[int, int],
    margin: int,
    region: Window,
    show: Show | None,
) -> Iterator[Rows]:
    """Yield the rows of `region` of a photo of `size`, as `run` restores them; `show` gets the stages."""
    for strip in strips(size, margin, region):
        output = run(strip.window)
        left = region.left - strip.window.left
        columns = slice(left, left + region.width)
        if show:
            stages = {slug: image[strip.inner, columns] for slug, image in output.stages.items()}
            show(strip.top - region.top, 0, stages)
        share = (strip.bottom - region.top) / region.height
        yield Rows(strip.top - region.top, output.image[strip.inner, columns], share)
