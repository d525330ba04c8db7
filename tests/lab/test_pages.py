from lab import pages
from models import registry


def test_the_page_of_methods_is_as_the_cards_are():
    assert pages.METHODS.read_text(encoding="utf-8") == pages.methods_page(), "run python -m lab.pages"


def test_the_readmes_table_is_as_the_cards_are():
    readme = pages.README.read_text(encoding="utf-8")
    assert pages.with_table(readme) == readme, "run python -m lab.pages"


def test_every_card_is_on_both():
    for card in registry.cards():
        assert f"`{card.id}`" in pages.models_table()
        assert f"`{card.id}`" in pages.methods_page()


def test_links_of_readme_and_docs_lead_somewhere():
    import re

    for page in [pages.README, *(pages.ROOT / "docs").glob("*.md")]:
        for link in re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8")):
            assert (page.parent / link).exists(), f"{page.name} links to {link}"
