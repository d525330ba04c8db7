import os
import secrets
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url

from ratings.records import Result
from ratings.store import Store

ROOT = Path(__file__).parents[2]

A_RESULT = Result(
    task="denoise",
    model="denoise-median",
    version=1,
    weights_sha256=None,
    settings={"size": 3, "strength": 0.5, "mode": "soft", "fast": False},
    default_settings=True,
    input_sha256="1" * 64,
    output_sha256="2" * 64,
    input_name="harbour",
    app_version="0.1.0",
    device="cpu",
    seconds=0.25,
)


@pytest.fixture
def result() -> Result:
    return A_RESULT


@pytest.fixture
def another() -> Callable[..., Result]:
    """A result that differs from `result` in what the test names."""

    def make(**changes: object) -> Result:
        return replace(A_RESULT, **changes)

    return make


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/patina.db"


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    with Store.open(url) as opened:
        yield opened


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def any_url(request: pytest.FixtureRequest, url: str) -> Iterator[str]:
    """A new, empty database of each kind."""
    if request.param == "sqlite":
        yield url
        return
    server: str = request.getfixturevalue("postgres_url")
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    schema = f"patina_{secrets.token_hex(6)}"
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE SCHEMA {schema}")
        address = make_url(server).update_query_dict({"options": f"-csearch_path={schema}"})
        yield address.render_as_string(hide_password=False)
        connection.exec_driver_sql(f"DROP SCHEMA {schema} CASCADE")
    engine.dispose()


@pytest.fixture
def any_store(any_url: str) -> Iterator[Store]:
    with Store.open(any_url) as opened:
        yield opened


@pytest.fixture
def environment() -> dict[str, str]:
    """The environment for a Python of its own that can import the rooms."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PATINA_")}
    return {**kept, "PYTHONPATH": str(ROOT)}
