import pytest
from sqlalchemy import insert, select

from ratings.arena.tally import count
from ratings.judging import Choice
from ratings.store import Store
from ratings.tables import contestants, tallies

OUTCOMES = ("first_wins", "second_wins", "ties", "both_bad")


@pytest.fixture
def pair(any_store: Store) -> tuple[int, int]:
    """Two contestants' ids, the lower first."""
    rows = [{"identity": model, "task": "denoise", "model": model, "version": 1} for model in "ab"]
    with any_store.database.writing() as connection:
        connection.execute(insert(contestants), rows)
        first, second = connection.scalars(select(contestants.c.id).order_by(contestants.c.id))
    return first, second


def tallied(store: Store) -> list[tuple[int, ...]]:
    columns = [tallies.c[name] for name in ("first_id", "second_id", *OUTCOMES)]
    with store.database.reading() as connection:
        return [tuple(row) for row in connection.execute(select(*columns))]


class TestAnyDatabase:
    @pytest.mark.parametrize(
        ("choice", "came_out"),
        [
            (Choice.LEFT, (1, 0, 0, 0)),
            (Choice.RIGHT, (0, 1, 0, 0)),
            (Choice.TIE, (0, 0, 1, 0)),
            (Choice.BOTH_BAD, (0, 0, 0, 1)),
        ],
    )
    def test_sides_do_not_matter(self, any_store, pair, choice, came_out):
        turned = {Choice.LEFT: Choice.RIGHT, Choice.RIGHT: Choice.LEFT}.get(choice, choice)
        with any_store.database.writing() as connection:
            count(connection, "denoise", *pair, choice, 1)
            count(connection, "denoise", *reversed(pair), turned, 1)
        assert tallied(any_store) == [(*pair, *(2 * number for number in came_out))]

    def test_vote_taken_out_leaves_the_others(self, any_store, pair):
        with any_store.database.writing() as connection:
            count(connection, "denoise", *pair, Choice.LEFT, 1)
            count(connection, "denoise", *pair, Choice.TIE, 1)
            count(connection, "denoise", *pair, Choice.LEFT, -1)
        assert tallied(any_store) == [(*pair, 0, 0, 1, 0)]

    def test_tasks_are_tallied_apart(self, any_store, pair):
        with any_store.database.writing() as connection:
            for task in ("denoise", "dehaze"):
                count(connection, task, *pair, Choice.LEFT, 1)
        assert tallied(any_store) == [(*pair, 1, 0, 0, 0)] * 2

    def test_nobody_is_compared_with_itself(self, any_store, pair):
        with pytest.raises(AssertionError), any_store.database.writing() as connection:
            count(connection, "denoise", pair[0], pair[0], Choice.LEFT, 1)
