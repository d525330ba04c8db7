from pathlib import Path

from sqlalchemy import make_url

from ratings.settings import Settings
from ratings.store import Store


def test_everything_has_a_default() -> None:
    found = Settings.from_environment({})
    assert found == Settings(Path("data"), "sqlite:///data/patina.db", None, None)


def test_empty_values_count_as_none() -> None:
    names = ("PATINA_DATA_DIR", "PATINA_DATABASE_URL", "PATINA_SECRET", "PATINA_ADMIN_PASSWORD")
    assert Settings.from_environment(dict.fromkeys(names, "")) == Settings.from_environment({})


def test_environment_is_followed() -> None:
    found = Settings.from_environment(
        {
            "PATINA_DATA_DIR": "/srv",
            "PATINA_DATABASE_URL": "postgresql://h/d",
            "PATINA_SECRET": "s",
            "PATINA_ADMIN_PASSWORD": "p",
            "PATINA_RATINGS_REPO": "someone/ratings",
            "HF_ENDPOINT": "http://hub",
        }
    )
    assert found == Settings(
        Path("/srv"),
        "postgresql://h/d",
        "s",
        "p",
        ratings_repo="someone/ratings",
        hub_endpoint="http://hub",
    )


def test_folder_with_an_odd_name_holds_the_database(tmp_path: Path) -> None:
    folder = tmp_path / "50% of what? #1 é"
    found = Settings.from_environment({"PATINA_DATA_DIR": str(folder)})
    assert make_url(found.database_url).database == str(folder / "patina.db")
    Store.open(found.database_url).close()
    assert (folder / "patina.db").is_file()


def test_settings_do_not_show_their_secrets() -> None:
    shown = repr(Settings(Path("data"), "postgresql://me:hunter2@h/d", "sesame", "mellon"))
    assert "hunter2" not in shown
    assert "sesame" not in shown
    assert "mellon" not in shown
