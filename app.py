"""Patina: try image models on your own photos, and judge them. Settings → store → page → launch."""

import argparse
import gc
import os
import sys
from collections.abc import Sequence

from models.errors import ModelsError
from models.settings import Settings as ModelSettings
from ratings import raters
from ratings.errors import RatingsError
from ratings.settings import Settings as RatingSettings
from ratings.store import Store

WRONG_CALL = 2

ENVIRONMENT = """environment (all optional):
  PATINA_DATA_DIR         where ratings and results are kept (default ./data)
  PATINA_DATABASE_URL     where ratings go (default SQLite in the data folder)
  PATINA_MAX_MEGAPIXELS   larger photos are refused (default 100)
  PATINA_DEVICE           where networks run: auto, cpu, cuda or cuda:N (default auto: a GPU if there is one)
  PATINA_MEMORY           MiB that loaded networks may hold (default half of the device's memory)
  PATINA_PINS             revisions and hashes of weights, as `python -m models pin` prints them
  PATINA_PRELOAD          models that are loaded at start, where a page shares a GPU with others
  PATINA_PREPARE          off: networks are prepared for a CPU in the page's process, at their first run
  PATINA_SECRET           signs raters' pseudonyms (default: made once, kept in the data folder)
  PATINA_ADMIN_PASSWORD   opens the administrator's page, /admin (default none: there is no such page)
  PATINA_RATINGS_REPO     a dataset on the Hub, OWNER/NAME, to which answers are published (default none)
  GRADIO_SERVER_PORT      the port (default 7860)
  HF_TOKEN                a token of the Hugging Face Hub, for weights that ask for one, and for publishing
  HF_HUB_OFFLINE          1 asks nothing of the Hub: only weights that are here are used
  HF_ENDPOINT             another address of the Hub, such as a mirror
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve the page until it is stopped; return 2 if a setting is wrong."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        epilog=ENVIRONMENT,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--share", action="store_true", help="make a public link, valid for a week")
    parser.add_argument(
        "--port",
        type=_port,
        default=os.environ.get("GRADIO_SERVER_PORT") or None,
        help="instead of GRADIO_SERVER_PORT or 7860",
    )
    parser.add_argument(
        "--host",
        default=os.environ.get("GRADIO_SERVER_NAME") or None,
        help="0.0.0.0 lets other machines in (default 127.0.0.1)",
    )
    parser.add_argument("--mcp", action="store_true", help="offer the API as tools to MCP clients")
    return _serve(parser.parse_args(arguments))


def _serve(options: argparse.Namespace) -> int:
    os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
    keeping = RatingSettings.from_environment(os.environ)
    folder = keeping.data_dir.resolve()
    os.environ["PATINA_DATA_DIR"] = str(folder)  # for a process that is started in another folder
    os.environ.setdefault("GRADIO_TEMP_DIR", str(folder / "uploads"))  # read by Gradio when it is imported
    os.environ.pop("GRADIO_SERVER_PORT", None)  # read above; Gradio would choke on a bad one even if unused
    from models import registry
    from models.own import own_cards
    from models.workshop import Workshop
    from ratings.sharing.opening import open_publisher
    from ui import gallery
    from ui.dealing.ring import open_ring
    from ui.errors import PageError
    from ui.hosting import preparing, space
    from ui.house import House
    from ui.keeping.desk import Desk
    from ui.keeping.office import open_office
    from ui.keeping.pictures import StimulusShelf
    from ui.keeping.shelf import Shelf
    from ui.keeping.studio import Studio
    from ui.serve import serve
    from ui.settings import Serving

    try:
        shelf = Shelf(folder / "desk")
        settings = space.fitting(ModelSettings.from_environment(os.environ), os.environ)
        registry.admit(own_cards(settings, registry.known()))
        workshop = Workshop(settings, aside=settings.prepare)
        restore = space.lend_gpu(workshop, os.environ)
        if settings.device.startswith("cuda"):
            _ = workshop.device  # raises now, not in a visitor's first run
        store = Store.open(keeping.database_url)
        space.preload(workshop, _tell)
        desk = Desk(shelf, store, workshop, restore, max_megapixels=settings.max_megapixels)
        serving = Serving(
            options.host,
            options.port,
            share=options.share,
            mcp=options.mcp,
            hosted="SPACE_ID" in os.environ,
        )
        studio = Studio(shelf, store, space.own_processor(workshop, os.environ))
        secret = raters.load_secret(keeping)
        examples = gallery.load()
        pictures = StimulusShelf(folder / "stimuli")
        ring = open_ring(desk, examples, pictures, secret, _tell)
        publisher = open_publisher(store.database, keeping, _tell)
        office = open_office(store, keeping, secret, pictures, folder / "downloads", publisher)
        house = House(desk, studio, examples, secret, ring, office, own=serving.own)

        def up() -> None:
            preparing.begin(workshop, _tell, ring.backstage.begin)
            if publisher:
                publisher.begin()

        serve(house, serving, up=up)
    except (ModelsError, RatingsError, PageError) as error:
        sys.stderr.write(f"{error}\n")
        return WRONG_CALL
    return 0


def _tell(line: str) -> None:
    sys.stderr.write(f"{line}\n")


def _port(text: str) -> int:
    """Return a TCP port.

    Raises argparse.ArgumentTypeError: it is none.
    """
    if not text.isascii() or not text.isdigit() or not 0 < int(text[:6]) < 65536:
        raise argparse.ArgumentTypeError(f"expected a port, a whole number from 1 to 65535; got '{text}'.")
    return int(text)


if __name__ == "__main__":
    gc.disable()  # until `serve` has built the page: nothing made on the way is garbage
    sys.exit(main())
