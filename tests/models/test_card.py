import pytest

from models import registry
from models.card import AUTO, Card, Control, Task
from models.errors import BadSettingError, UnknownModelError
from models.method import Filter

SIZE = Control(name="size", label="Size", kind="integer", default=3, minimum=3, maximum=31, step=2)
LEVEL = Control(
    name="noise_level", label="Level", kind="number", default=AUTO, maximum=75, estimate=lambda _photo: 12.0
)
FLAG = Control(name="fast", label="Fast", kind="flag", default=False)
CHOICE = Control(name="mode", label="Mode", kind="choice", default="soft", choices=("soft", "hard"))


def card_with(*controls: Control, model: str = "denoise-test") -> Card:
    return Card(
        id=model,
        task=Task.DENOISE,
        title="Test",
        summary="Does nothing.",
        explanation="Nothing.",
        build=Filter(lambda image: image, 0),
        controls=controls,
    )


@pytest.mark.parametrize("value", [3, 31, "5", 7.0])
def test_integer_on_its_steps_is_taken(value):
    assert SIZE.check(value) == int(float(value))
    assert type(SIZE.check(value)) is int


@pytest.mark.parametrize(
    "value", [4, 2, 33, "five", 3.5, None, [3], True, float("nan"), "1e999", "", 10**400]
)
def test_integer_off_its_steps_or_of_another_type_is_refused(value):
    with pytest.raises(
        BadSettingError, match="'size' must be a whole number from 3 to 31 in steps of 2; got"
    ):
        SIZE.check(value)


def test_auto_is_taken_only_where_it_can_be_estimated():
    assert LEVEL.check("auto") == AUTO
    with pytest.raises(BadSettingError):
        SIZE.check("auto")


def test_a_huge_value_does_not_flood_the_message():
    with pytest.raises(BadSettingError) as caught:
        SIZE.check("9" * 100_000)
    assert len(str(caught.value)) < 200


@pytest.mark.parametrize(("value", "expected"), [(True, True), ("false", False), ("YES", True), ("0", False)])
def test_flag_reads_words(value, expected):
    assert FLAG.check(value) is expected


@pytest.mark.parametrize(("control", "value"), [(FLAG, "maybe"), (FLAG, 1), (CHOICE, "medium"), (CHOICE, 3)])
def test_flags_and_choices_refuse_what_they_do_not_know(control, value):
    with pytest.raises(BadSettingError, match=f"'{control.name}' must be"):
        control.check(value)


def test_settle_fills_in_defaults_and_leaves_its_argument_alone():
    given = {"size": 5}
    assert card_with(SIZE, CHOICE).settle(given) == {"size": 5, "mode": "soft"}
    assert given == {"size": 5}


def test_unknown_setting_suggests_the_near_name():
    with pytest.raises(BadSettingError, match="did you mean 'size'"):
        card_with(SIZE).settle({"sise": 3})


def test_registry_refuses_a_duplicate_id():
    with pytest.raises(ValueError, match="Two cards have the id 'denoise-test'"):
        registry.index([card_with(), card_with()])


def test_registry_refuses_an_id_of_another_task():
    with pytest.raises(ValueError, match="must begin with its task"):
        registry.index([card_with(model="dehaze-test")])


def test_unknown_model_suggests_near_names():
    with pytest.raises(UnknownModelError, match=r"did you mean .*denoise-median"):
        registry.get("denoise-medain")
