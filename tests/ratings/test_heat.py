"""Heat maps tell which share of the people who marked a picture marked each pixel of it."""

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from ratings.marks import mask
from ratings.marks.heat import FRAME, agreed, by_model, heat_maps, resized
from ratings.marks.labels import Tool
from ratings.marks.records import Mark
from ratings.records import Result

RESULT = Result(
    task="denoise",
    model="denoise-median",
    version=1,
    weights_sha256=None,
    settings={},
    default_settings=True,
    input_sha256="1" * 64,
    output_sha256="2" * 64,
    input_name="harbour",
    app_version="0.1.0",
    device="cpu",
    seconds=0.1,
)


def mark(rater: str, plane: np.ndarray, label: str = "halo", stimulus: int = 1, model: str = "a") -> Mark:
    height, width = plane.shape
    return Mark(
        id=1,
        uid="0" * 32,
        stimulus_id=stimulus,
        result=replace(RESULT, model=model),
        image_sha256=f"{stimulus:064}",
        image_name="harbour",
        width=width,
        height=height,
        consent=False,
        rater=rater,
        label=label,
        tool=Tool.BRUSH,
        mask=mask.encode(plane),
        mask_sha256="0" * 64,
        share=0.5,
        licence="CC-BY-4.0",
        flag=None,
        reason="",
        marked_at=datetime.now(UTC),
        withdrawn_at=None,
    )


LEFT = np.array([[True, False, False]])
RIGHT = np.array([[False, False, True]])


def test_share_is_of_all_who_marked_anything_on_the_picture() -> None:
    marks = [mark("ann", LEFT), mark("bob", LEFT), mark("cid", RIGHT, "tile-seam")]
    (heat,) = heat_maps(marks, "halo")
    assert heat.share.tolist() == [[pytest.approx(2 / 3), 0, 0]]
    assert (heat.raters, heat.marking) == (3, 2)


def test_without_a_label_a_person_s_marks_count_once_where_they_overlap() -> None:
    marks = [mark("ann", LEFT), mark("ann", LEFT | RIGHT, "tile-seam"), mark("bob", RIGHT)]
    (heat,) = heat_maps(marks)
    assert heat.share.tolist() == [[0.5, 0, 1]]


def test_pictures_have_maps_of_their_own_and_models_their_mean() -> None:
    marks = [mark("ann", LEFT), mark("ann", RIGHT, stimulus=2), mark("ann", RIGHT, stimulus=3, model="b")]
    maps = list(heat_maps(marks))
    assert [heat.stimulus_id for heat in maps] == [1, 2, 3]
    first, second = by_model(maps)
    assert (first.contestant.model, first.pictures) == ("a", 2)
    assert resized(first.share, (1, 3)).tolist() == [[0.5, 0, 0.5]]
    assert (second.contestant.model, second.pictures) == ("b", 1)
    assert resized(second.share, (1, 3)).tolist() == [[0, 0, 1]]


def test_pictures_of_other_sizes_are_stretched_to_one_frame() -> None:
    maps = heat_maps([mark("ann", LEFT), mark("ann", LEFT.T, stimulus=2)])
    (mean,) = by_model(maps)
    assert (mean.share.shape, mean.pictures) == (FRAME, 2)
    corners = [mean.share[0, 0], mean.share[0, -1], mean.share[-1, 0], mean.share[-1, -1]]
    assert corners == [1, 0.5, 0.5, 0]


def test_of_many_people_only_some_are_looked_at() -> None:
    marks = [mark("ann", LEFT), mark("bob", LEFT), mark("cid", RIGHT), mark("ann", RIGHT, stimulus=2)]
    maps = list(heat_maps(marks, most_raters=2))
    assert [(heat.stimulus_id, heat.raters) for heat in maps] == [(1, 2), (2, 1)]
    assert maps[0].share.tolist() == [[1, 0, 0]]


@given(arrays(np.bool_, array_shapes(min_dims=2, max_dims=2, max_side=12)))
def test_share_of_a_map_stays_what_it_was_when_it_is_reduced(plane: np.ndarray) -> None:
    share = plane.astype(np.float32)
    assert resized(share, (1, 1))[0, 0] == pytest.approx(share.mean(), abs=1e-5)


def test_half_is_not_agreed() -> None:
    two = [mark("ann", LEFT | RIGHT), mark("bob", LEFT)]
    (heat,) = heat_maps(two)
    assert agreed(heat).tolist() == LEFT.tolist()


@given(st.lists(st.lists(st.booleans(), min_size=4, max_size=4), min_size=1, max_size=6))
def test_share_is_the_mean_of_the_masks_of_people_with_one_mark_each(rows: list[list[bool]]) -> None:
    planes = [np.array([row]) for row in rows]
    (heat,) = heat_maps([mark(f"rater {number}", plane) for number, plane in enumerate(planes)])
    assert np.allclose(heat.share, np.mean(planes, axis=0))
