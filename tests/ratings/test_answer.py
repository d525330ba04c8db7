import pytest
from hypothesis import given
from hypothesis import strategies as some

from ratings.answer import COMMENT_LIMIT, Answer, check_answer
from ratings.errors import BadRatingError
from ratings.records import Defect, Grade

CC_BY = "CC-BY-4.0"


def answer(
    rater: object = None,
    grade: object = 3,
    defects: object = (),
    comment: object = "",
    licence: object = CC_BY,
) -> Answer:
    return check_answer(rater, grade, defects, comment, licence)


@pytest.mark.parametrize("grade", [1, 2, 3, 4, 5])
def test_each_grade_of_the_scale_is_taken(grade: int) -> None:
    assert answer(grade=grade).grade == grade


@pytest.mark.parametrize("grade", [0, 6, -1, 10**30, True, False, 3.0, "3", None, [3], float("nan")])
def test_any_other_grade_is_refused_with_the_scale(grade: object) -> None:
    with pytest.raises(
        BadRatingError, match=r"5 \(excellent\), 4 \(good\), 3 \(fair\), 2 \(poor\), 1 \(bad\)"
    ):
        answer(grade=grade)


def test_scale_has_the_standard_words() -> None:
    assert [each.label for each in sorted(Grade)] == ["bad", "poor", "fair", "good", "excellent"]


def test_defects_are_kept_once_and_in_their_order() -> None:
    assert answer(defects=iter(["other", "halo", "other"])).defects == (Defect.HALO, Defect.OTHER)


@pytest.mark.parametrize("defects", [["blur"], ["HALO"], [""], [None], [3], [["halo"]], [{}], ["halo", "\0"]])
def test_unknown_defect_is_refused_with_the_known_ones(defects: list[object]) -> None:
    with pytest.raises(BadRatingError, match=r"one of residual-noise, .*, other; got"):
        answer(defects=defects)


@pytest.mark.parametrize("defects", ["halo", None, 5])
def test_defects_that_are_no_list_are_refused(defects: object) -> None:
    with pytest.raises(BadRatingError, match=r"a list of tags"):
        answer(defects=defects)


def test_comment_may_be_as_long_as_the_limit() -> None:
    assert len(answer(comment="é" * COMMENT_LIMIT).comment) == COMMENT_LIMIT


@pytest.mark.parametrize("length", [COMMENT_LIMIT + 1, 2**20])
def test_longer_comment_is_refused_without_repeating_it(length: int) -> None:
    with pytest.raises(BadRatingError, match=r"at most 2,000 characters") as refusal:
        answer(comment="x" * length)
    assert len(str(refusal.value)) < 200


@pytest.mark.parametrize("comment", ["a\0b", "\ud800", "half \udfff", "\0"])
def test_comment_that_is_no_text_is_refused(comment: str) -> None:
    with pytest.raises(BadRatingError, match=r"NUL or half of a surrogate pair"):
        answer(comment=comment)


@pytest.mark.parametrize("comment", [None, 5, b"bytes"])
def test_comment_of_another_type_is_refused(comment: object) -> None:
    with pytest.raises(BadRatingError, match=r"A comment is text"):
        answer(comment=comment)


@pytest.mark.parametrize("licence", [None, "", "cc-by-4.0", "CC-BY-NC-4.0", True])
def test_rating_needs_its_licence(licence: object) -> None:
    with pytest.raises(BadRatingError, match=r"under CC-BY-4.0 alone"):
        answer(licence=licence)


@pytest.mark.parametrize("rater", ["", "x" * 65, 5, b"x", "a\0b", "\ud800"])
def test_rater_that_is_no_pseudonym_is_refused(rater: object) -> None:
    with pytest.raises(BadRatingError, match=r"pseudonym"):
        answer(rater=rater)


@given(some.text(max_size=200))
def test_every_unicode_text_is_taken_as_it_is(comment: str) -> None:
    if "\0" not in comment:
        assert answer(comment=comment).comment == comment.strip()


@given(
    some.one_of(some.none(), some.text(), some.integers(), some.binary()),
    some.one_of(some.none(), some.booleans(), some.integers(), some.floats(), some.text()),
    some.one_of(some.none(), some.text(), some.lists(some.one_of(some.text(), some.integers()))),
    some.one_of(some.none(), some.text(some.characters()), some.integers()),
)
def test_anything_at_all_is_taken_or_refused_in_words(
    rater: object, grade: object, defects: object, comment: object
) -> None:
    sentence = ""
    try:
        taken = answer(rater, grade, defects, comment)
    except BadRatingError as refusal:
        sentence = str(refusal)
    else:
        assert taken.grade == grade
    assert len(sentence) < 500
    assert sentence.isprintable()
