import pytest

from models import registry
from models.card import Task
from ui import gallery, words
from ui.errors import GoneError


def test_every_restoring_task_has_examples_with_their_references():
    loaded = gallery.load()
    for task in {card.task for card in registry.cards()} - {Task.GENERATE}:
        assert loaded.by_task(task)
    for example in loaded.examples:
        assert example.file.is_file()
        assert example.reference.is_file()
        assert loaded.get(example.id) is example


def test_titles_and_descriptions_stand_in_every_language():
    for example in gallery.load().examples:
        for language in words.LANGUAGES:
            assert example.titles[language].strip()
            assert example.alts[language].strip()


def test_a_language_without_words_gets_the_english():
    example = gallery.load().examples[0]
    assert example.title("xx") == example.titles["en"]
    assert example.alt("xx") == example.alts["en"]


@pytest.mark.parametrize("name", ["", "../clean/coffee", "nonsense", "NOISE-CAT-15"])
def test_an_unknown_example_is_a_sentence(name):
    with pytest.raises(GoneError, match="Choose the photo again"):
        gallery.load().get(name)


def test_a_task_without_examples_has_none():
    assert gallery.load().by_task(Task.GENERATE) == ()
