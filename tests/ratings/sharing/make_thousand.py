"""Make tests/ratings/thousand.jsonl: a thousand answers of all kinds, the same at every run.

`python tests/ratings/sharing/make_thousand.py` writes it. People and pictures are made up. Ratings and votes
go through the Store and the Arena; what those draw at random, names and times, is then drawn from a seed.
"""

import json
import random
import struct
import sys
import tempfile
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[3]
sys.path.insert(0, str(ROOT))

from sqlalchemy import Connection, Table, insert, select, update  # noqa: E402

from ratings import tables  # noqa: E402
from ratings.arena.arena import Arena  # noqa: E402
from ratings.judging import Choice, Viewing  # noqa: E402
from ratings.records import LICENCE, Defect, Flag, Result  # noqa: E402
from ratings.sharing.export import export  # noqa: E402
from ratings.sharing.rows import ANSWERED_AT, TABLES  # noqa: E402
from ratings.stimuli import Shown, Stimuli, Stimulus  # noqa: E402
from ratings.store import Store  # noqa: E402

FILE = ROOT / "tests" / "ratings" / "thousand.jsonl"
SEED = 20_260_131
BEGAN = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)

RATINGS, VOTES, JUDGEMENTS, MARKS = 300, 400, 220, 80
RATERS = 16
PICTURES = ("harbour", "market-hall", "old-bridge", "木桥")
OWN_PHOTOS = 2
OWNERS = 4
"""So many of the raters compare what was made of their own photos, and nothing else."""
MODELS = (
    ("denoise", "denoise-median", 1, None),
    ("denoise", "denoise-unet-small", 2, "unet"),
    ("denoise", "denoise-unet-small", 2, "unet trained longer"),
    ("dehaze", "dehaze-dark-channel", 1, None),
    ("dehaze", "dehaze-aod", 1, "aod"),
    ("generate", "generate-dcgan", 1, "dcgan"),
    ("generate", "generate-fastgan", 3, "fastgan"),
)
COMMENTS = (
    "",
    "",
    "",
    "Sharper than I expected.",
    "天空里有一圈亮边，砖墙的纹理没有了。",
    'He said "halo", I say "ringing"; both, perhaps.',
    '=HYPERLINK("http://example.org")',
    "line one\nline two\r\nline three",
    "'quoted from the start",
    "Größer wäre schöner – größer!",
    "🌉🖼️ looks fine",
    "السماء زرقاء جدا",
    "<script>alert(1)</script>'; DROP TABLE votes; --",
)
METHODS = ("acr", "acr-hr", "dcr", "pairs")


def a_sha256(*parts: object) -> str:
    return sha256(repr(parts).encode()).hexdigest()


class Maker:
    """The database while it is filled, and the chance that everything is drawn from."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.arena, self.stimuli = Arena(store.database), Stimuli(store.database)
        self.chance = random.Random(SEED)
        self.raters = [a_sha256("rater", number) for number in range(RATERS)]

    def uid(self) -> str:
        return f"{self.chance.getrandbits(128):032x}"

    def rater(self) -> str:
        return self.chance.choice(self.raters[OWNERS:])

    def viewing(self) -> Viewing:
        phone = self.chance.random() < 0.3
        return Viewing(
            viewport_width=390 if phone else 1440,
            viewport_height=844 if phone else 900,
            device_pixel_ratio=3.0 if phone else self.chance.choice((1.0, 1.25, 2.0)),
            zoom=self.chance.choice((1.0, 1.0, 2.0)),
            zooms=self.chance.randrange(4),
            toggles=self.chance.randrange(6),
        )


def results(maker: Maker) -> Iterator[Result]:
    """Yield what each model makes of each picture: with its defaults, and once with other settings."""
    for task, model, version, weights in MODELS:
        for place, picture in enumerate((*PICTURES, *[None] * OWN_PHOTOS)):
            made = task == "generate"
            name = f"{task}, seeds {place} to {place + 8}" if made else picture
            source = (task, place) if picture is None else picture
            for strength in (0.5, 0.75) if place == 0 else (0.5,):
                yield Result(
                    task=task,
                    model=model,
                    version=version,
                    weights_sha256=weights and a_sha256(weights),
                    settings={"strength": strength, "mode": "weich", "count": 9, "tiled": made},
                    default_settings=strength == 0.5,
                    input_sha256=sha256(name.encode()).hexdigest() if made else a_sha256("input", source),
                    output_sha256=a_sha256("output", model, weights, source, strength),
                    input_name=name,
                    app_version="0.2.0",
                    device=maker.chance.choice(("cpu", "cuda:0")),
                    seconds=round(maker.chance.uniform(0.01, 9), 3),
                )


def make_stimuli(maker: Maker) -> list[tuple[Result, Stimulus]]:
    """Keep every result as it is shown; those of an own photo belong to one of the first raters."""
    made: list[tuple[Result, Stimulus]] = []
    owners: dict[str, str] = {}
    for result in results(maker):
        generated = result.task == "generate"
        own = result.input_name is None
        if own:
            owners.setdefault(result.input_sha256, maker.raters[len(owners) % OWNERS])
        shown = Shown(
            making=maker.store.remember(result),
            sha256=result.output_sha256,
            original_sha256=None if generated else a_sha256("original", result.input_sha256),
            width=588 if generated else 640,
            height=588 if generated else 427,
            psnr=None if generated or own else round(maker.chance.uniform(20, 40), 6),
            ssim=None if generated or own else round(maker.chance.uniform(0.5, 1), 6),
            owner=owners.get(result.input_sha256),
            consent=own and result.task == "dehaze",
        )
        made.append((result, maker.stimuli.add(shown)))
    return made


def make_ratings(maker: Maker, made: list[tuple[Result, Stimulus]]) -> None:
    for number in range(RATINGS):
        result, _ = maker.chance.choice(made)
        token = maker.store.remember(result)
        rater = None if number % 37 == 0 else maker.rater()
        defects = maker.chance.sample(list(Defect), maker.chance.choice((0, 0, 1, 2, 3)))
        grade, comment = maker.chance.randint(1, 5), maker.chance.choice(COMMENTS)
        maker.store.rate(token, rater, grade, defects, comment, accepted_licence=LICENCE)


def make_votes(maker: Maker, made: list[tuple[Result, Stimulus]]) -> None:
    """Let people vote; some take the vote back, some answer faster than anyone can look."""
    shown = [stimulus for _, stimulus in made]
    for number in range(VOTES):
        left = maker.chance.choice(shown)
        same = [each for each in shown if each.input_sha256 == left.input_sha256 and each.id != left.id]
        right = maker.chance.choice([each for each in same if each.task == left.task])
        rater = left.owner or (None if number % 41 == 0 else maker.rater())
        deal = maker.arena.deal(left, right, rater)
        choice = maker.chance.choices(list(Choice), (5, 4, 2, 1))[0]
        response = maker.chance.choice((None, *(maker.chance.randint(500, 20_000) for _ in range(9))))
        if number % 29 == 0:
            response = 120
        maker.arena.vote(
            deal.token,
            rater,
            choice,
            accepted_licence=LICENCE,
            viewing=maker.viewing(),
            response_ms=response,
        )
        if rater is not None and number % 23 == 0:
            maker.arena.withdraw(deal.token, rater)


def make_studies(maker: Maker, made: list[tuple[Result, Stimulus]], connection: Connection) -> None:
    """Fill a study of each method, in which every sitting goes through the same trials."""
    shown = [stimulus for _, stimulus in made if stimulus.task == "denoise" and stimulus.owner is None]
    trials = 11
    for number, method in enumerate(METHODS):
        study = {
            "uid": maker.uid(),
            "token": f"study {number}",
            "title": f"Denoising, {method.upper()} · 去噪研究",
            "task": "denoise",
            "method": method,
            "state": "closed",
            "design": "{}",
            "made_at": "",
            "changed_at": "",
        }
        study_id = put(connection, tables.studies, study)
        for seat in range(JUDGEMENTS // len(METHODS) // trials):
            sitting = {
                "uid": maker.uid(),
                "study_id": study_id,
                "rater": maker.raters[seat],
                "participant": a_sha256("participant", seat) if number % 2 else None,
                "row": seat,
                "plan": json.dumps(list(range(trials))),
                "state": "finished",
                "pilot": seat == 0,
                "checks": json.dumps(
                    {"plate": "12", "screen_width": 1440, "steps": [1, 2, 3]}, sort_keys=True
                ),
                "reason": "",
                "started_at": "",
            }
            sitting_id = put(connection, tables.sittings, sitting)
            for trial in range(trials):
                answer = judgement(maker, method, shown, sitting, trial)
                put(connection, tables.judgements, answer | {"sitting_id": sitting_id})


def judgement(
    maker: Maker, method: str, shown: list[Stimulus], sitting: dict[str, Any], trial: int
) -> dict[str, Any]:
    first, second = maker.chance.sample(shown, 2)
    pairs = method == "pairs"
    kind = {0: "training", 7: "trap"}.get(trial, "test")
    return {
        "trial": trial,
        "kind": kind,
        "stimulus_id": first.id,
        "other_id": second.id if pairs else None,
        "rater": sitting["rater"],
        "grade": None if pairs else maker.chance.randint(1, 5),
        "choice": str(maker.chance.choice(list(Choice))) if pairs else None,
        "response_ms": maker.chance.randint(500, 15_000),
        "viewing": maker.viewing().as_text(),
        "judged_at": "",
        "uid": maker.uid(),
        "licence": LICENCE,
        "flag": str(Flag.PILOT) if sitting["pilot"] else None,
        "reason": "The study was being tried out." if sitting["pilot"] else "",
    }


def make_marks(maker: Maker, made: list[tuple[Result, Stimulus]], connection: Connection) -> None:
    """Paint on results and photos; some marks are taken back."""
    shown = [stimulus for _, stimulus in made if stimulus.owner is None]
    for number in range(MARKS):
        photo = number % 4 == 0
        stimulus = maker.chance.choice(shown)
        width, height = (48, 32) if photo else (stimulus.width, stimulus.height)
        png, share = mask(maker.chance, width, height)
        mark = {
            "stimulus_id": None if photo else stimulus.id,
            "image_sha256": a_sha256("photo", number % 3) if photo else stimulus.shown_sha256,
            "image_name": maker.chance.choice(PICTURES) if photo else stimulus.input_name,
            "width": width,
            "height": height,
            "consent": False,
            "rater": maker.rater(),
            "label": "rust" if photo else str(maker.chance.choice((Defect.HALO, Defect.TILE_SEAM))),
            "tool": maker.chance.choice(("brush", "box")),
            "mask": png,
            "mask_sha256": sha256(png).hexdigest(),
            "share": share,
            "marked_at": "",
            "withdrawn_at": "" if number % 19 == 0 else None,
            "revision": 2 if number % 19 == 0 else 1,
            "uid": maker.uid(),
            "licence": LICENCE,
        }
        put(connection, tables.marks, mark)


def mask(chance: random.Random, width: int, height: int) -> tuple[bytes, float]:
    """Return a PNG of 1 bit with one white rectangle, and the part that is white.

    It is written by hand so that it does not depend on a library's version.
    """
    wide, high = width // 8, chance.randint(1, height - 1)
    left, top = 8 * chance.randrange(wide), chance.randrange(height - high)
    row = b"\xff" + bytes((width + 7) // 8 - 1)
    shifted = bytes(left // 8) + row[: len(row) - left // 8]
    lines = [shifted if top <= y < top + high else bytes(len(row)) for y in range(height)]
    packed = zlib.compress(b"".join(b"\0" + line for line in lines), 9)
    chunks = (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)),
        (b"IDAT", packed),
        (b"IEND", b""),
    )
    png = b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        for name, body in chunks
    )
    return png, 8 * high / (width * height)


def put(connection: Connection, table: Table, values: dict[str, Any]) -> int:
    return connection.execute(insert(table).values(values).returning(table.c.id)).scalar_one()


def draw_names_and_times(maker: Maker, connection: Connection) -> None:
    """Give every row a name and times from the seed, in the order in which they were made."""
    when = BEGAN
    for table in (tables.makings, tables.studies, tables.sittings):
        for row in connection.execute(select(table).order_by(table.c.id)).mappings().all():
            when += timedelta(seconds=maker.chance.uniform(1, 900))
            times = {name: text(when) for name in row if name.endswith("_at") and row[name] is not None}
            connection.execute(update(table).where(table.c.id == row["id"]).values(times))
    for kind, table in TABLES.items():
        when = BEGAN + timedelta(days=20)
        for row in connection.execute(select(table).order_by(table.c.id)).mappings().all():
            when += timedelta(seconds=maker.chance.uniform(1, 4000), microseconds=1)
            drawn: dict[str, Any] = {ANSWERED_AT[kind]: text(when), "uid": maker.uid()}
            if row.get("withdrawn_at") is not None:
                drawn["withdrawn_at"] = text(when + timedelta(seconds=8))
            connection.execute(update(table).where(table.c.id == row["id"]).values(drawn))


def text(when: datetime) -> str:
    return when.isoformat(timespec="microseconds")


def exclude(maker: Maker, connection: Connection) -> None:
    """Leave out what one rater answered, as an administrator does."""
    left_out = {"flag": str(Flag.EXCLUDED), "reason": "他一直点左边。 Always left.", "published": False}
    for table in TABLES.values():
        mine = (table.c.rater == maker.raters[-1], table.c.flag.is_(None))
        connection.execute(update(table).where(*mine).values(revision=table.c.revision + 1, **left_out))


def make(file: Path) -> int:
    """Write the file; return how many rows it has."""
    memory = Path("/dev/shm")  # noqa: S108 — a database that nobody keeps need not reach a disk
    with (
        tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder,
        Store.open(f"sqlite:///{folder}/patina.db") as store,
    ):
        maker = Maker(store)
        made = make_stimuli(maker)
        make_ratings(maker, made)
        make_votes(maker, made)
        with store.database.writing() as connection:
            make_studies(maker, made, connection)
            make_marks(maker, made, connection)
            exclude(maker, connection)
            draw_names_and_times(maker, connection)
        return export(store, file)


if __name__ == "__main__":
    sys.stderr.write(f"Wrote {make(FILE):,} rows to {FILE}.\n")
