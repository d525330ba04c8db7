import json
import subprocess
import sys
from pathlib import Path

# In a process of its own, because Gradio leaves event loops open.
NAMES = """
import json, sys
from pathlib import Path
from models.workshop import own_workshop
from ratings.store import Store
from ui import gallery
from ui.dealing.ring import open_ring
from ui.keeping.desk import Desk
from ui.page import page
from ui.house import House
from ui.keeping.downloads import Downloads
from ui.keeping.office import Office
from ui.keeping.pictures import StimulusShelf
from ui.keeping.shelf import Shelf
from ui.keeping.studio import Studio

folder = Path(sys.argv[1])
desk = Desk(Shelf(folder / "desk"), Store.open(f"sqlite:///{folder / 'ratings.db'}"), own_workshop())
studio = Studio(desk.shelf, desk.store, desk.workshop)
examples = gallery.load()
pictures = StimulusShelf(folder / "stimuli")
ring = open_ring(desk, examples, pictures, b"secret", print)
office = Office(desk.store, b"secret", pictures, Downloads(folder / "downloads"), sessions=None)
declared = page(House(desk, studio, examples, b"secret", ring, office)).fns.values()
print(json.dumps([each.api_name for each in declared if each.api_visibility == "public"]))
"""


def test_the_apis_endpoints_have_their_fixed_names(tmp_path: Path):
    made = subprocess.run([sys.executable, "-c", NAMES, str(tmp_path)], capture_output=True, check=True)
    named = {"models", "restore", "compare", "rate", "next_pair", "vote", "leaderboard", "health"}
    assert named <= {*json.loads(made.stdout)}
