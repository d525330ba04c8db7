from pathlib import Path

from ratings.administration.publishing import may_not_publish
from ratings.settings import Settings


def settings(**environment: str) -> Settings:
    return Settings.from_environment(environment)


def test_a_space_without_a_secret_of_its_own_publishes_nothing():
    refusal = may_not_publish(settings(SPACE_ID="me/patina"))
    assert refusal is not None
    assert "PATINA_SECRET" in refusal


def test_a_space_with_a_secret_may_publish():
    assert may_not_publish(settings(SPACE_ID="me/patina", PATINA_SECRET="x")) is None  # noqa: S106


def test_a_machine_of_ones_own_keeps_its_secret_and_may_publish():
    assert may_not_publish(settings()) is None
    assert may_not_publish(Settings(Path("data"), "sqlite:///x.db", hosted=False)) is None
