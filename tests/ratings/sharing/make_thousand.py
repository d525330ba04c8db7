"""Make tests/ratings/thousand.jsonl, a thousand answers of all kinds, and its studies: the same at every run.

`python tests/ratings/sharing/make_thousand.py` writes both. People and pictures are made up. Ratings and
votes go through the Store and the Arena, and so on; what those draw at random, names and times, is then
drawn from a seed.
"""

import random
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[3]
sys.path.insert(0, str(ROOT))

import numpy as np  # noqa: E402
from sqlalchemy import Connection, select, update  # noqa: E402

from ratings import tables  # noqa: E402
from ratings.arena.arena import Arena  # noqa: E402
from ratings.judging import Choice, Viewing  # noqa: E402
from ratings.marks.labels import Tool  # noqa: E402
from ratings.marks.marks import Marks  # noqa: E402
from ratings.marks.mask import encode  # noqa: E402
from ratings.marks.records import Painted, Photo  # noqa: E402
from ratings.records import LICENCE, Defect, Flag, Result  # noqa: E402
from ratings.sharing.export import export, export_studies, studies_beside  # noqa: E402
from ratings.sharing.rows import ANSWERED_AT, TABLES  # noqa: E402
from ratings.stimuli import Shown, Stimuli, Stimulus  # noqa: E402
from ratings.store import Store  # noqa: E402
from ratings.studies.answers import REFERENCE  # noqa: E402
from ratings.studies.design import Check, Design, Item, Method, Said, State  # noqa: E402
from ratings.studies.records import Study  # noqa: E402
from ratings.studies.sittings import Sittings  # noqa: E402
from ratings.studies.studies import Studies  # noqa: E402

FILE = ROOT / "tests" / "ratings" / "thousand.jsonl"
SEED = 20_260_131
BEGAN = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)

RATINGS, VOTES, MARKS = 300, 400, 80
SEATS = 5
"""People in each of the four studies, with eleven trials each: 220 judgements."""
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


def make_references(maker: Maker) -> dict[str, Stimulus]:
    """Keep the clean picture behind each input, as studies show it beside or among the results."""
    references: dict[str, Stimulus] = {}
    for picture in PICTURES:
        clean = a_sha256("clean", picture)
        result = Result(
            task="denoise",
            model=REFERENCE,
            version=1,
            weights_sha256=None,
            settings={},
            default_settings=True,
            input_sha256=a_sha256("input", picture),
            output_sha256=clean,
            input_name=picture,
            app_version="0.2.0",
            device="cpu",
            seconds=0.0,
        )
        shown = Shown(
            making=maker.store.remember(result), sha256=clean, original_sha256=None, width=640, height=427
        )
        references[result.input_sha256] = maker.stimuli.add(shown)
    return references


def make_studies(maker: Maker, made: list[tuple[Result, Stimulus]]) -> None:
    """Run a study of each method, the first person while it is tried out."""
    references = make_references(maker)
    database = maker.store.database
    studies, sittings = Studies(database), Sittings(database)
    for number, method in enumerate(Method):
        design = design_of(maker, method, made, references)
        study = studies.make(f"Denoising, {method.upper()} · 去噪研究", "denoise", design)
        for seat in range(SEATS):
            if seat < 2:
                studies.change(study.uid, State.PILOT if seat == 0 else State.OPEN)
            participant = a_sha256("participant", seat) if number % 2 else None
            sit(maker, sittings, study, maker.raters[OWNERS + seat], participant)
        studies.change(study.uid, State.CLOSED)


def design_of(
    maker: Maker, method: Method, made: list[tuple[Result, Stimulus]], references: dict[str, Stimulus]
) -> Design:
    """Return a design of eight items, one for training, one gold and one trap."""
    shown = [stimulus for _, stimulus in made if stimulus.task == "denoise" and stimulus.owner is None]
    if method is Method.ACR_HR:
        shown += references.values()
    items: list[Item] = []
    for first in maker.chance.sample(shown, 11):
        other = None
        if method is Method.DCR:
            other = references[first.input_sha256].id
        if method is Method.PAIRS:
            same = [each.id for each in shown if each.input_sha256 == first.input_sha256]
            other = maker.chance.choice([each for each in same if each != first.id])
        items.append(Item(stimulus=first.id, other=other))
    expected = Choice.TIE if method is Method.PAIRS else 4
    gold, trap = (item.model_copy(update={"expected": expected}) for item in items[9:])
    return Design(
        method=method,
        items=tuple(items[:8]),
        training=(items[8],),
        gold=(gold,),
        traps=(trap,),
        checks=frozenset(Check),
        instructions=Said(en='Look at the "whole" picture.\nThen grade it.', zh="请看整张图片，然后评分。"),
        consent=Said(en="I agree – freely.", zh="我自愿参加。"),
        completion_code="C0DE-1234",
        return_url="https://example.org/done?cc=C0DE-1234",
        seed=maker.chance.randrange(2**31),
    )


def sit(maker: Maker, sittings: Sittings, study: Study, rater: str, participant: str | None) -> None:
    """Let a person answer every trial of a study, with more or less care."""
    token, pairs = study.token, study.design.method is Method.PAIRS
    sittings.begin(token, rater, participant)
    sittings.consent(token, rater, accepted_licence=LICENCE)
    passed = dict.fromkeys(study.design.checks, True)
    sitting = sittings.check(token, rater, passed, maker.viewing())
    while (trial := sitting.trial) is not None:
        anything = maker.chance.choice(list(Choice)) if pairs else maker.chance.randint(1, 5)
        careful = trial.expected is not None and maker.chance.random() < 0.8
        response = maker.chance.randint(500, 15_000)
        answer = trial.expected if careful else anything
        sitting = sittings.answer(
            token, rater, trial.index, answer, viewing=maker.viewing(), response_ms=response
        )


def make_marks(maker: Maker, made: list[tuple[Result, Stimulus]]) -> None:
    """Paint on results and photos; some marks are taken back, some painted anew."""
    marks = Marks(maker.store.database)
    shown = [stimulus for _, stimulus in made if stimulus.owner is None]
    for number in range(MARKS):
        tool, rater = maker.chance.choice(list(Tool)), maker.rater()
        if number % 4 == 0:
            name = maker.chance.choice((*PICTURES, None))
            photo = Photo(sha256=a_sha256("photo", number % 3), name=name, width=48, height=32)
            painted = Painted("rust", tool, mask(maker.chance, 48, 32))
            mark = marks.on_photo(photo, painted, rater, accepted_licence=LICENCE)
        else:
            stimulus = maker.chance.choice(shown)
            label = maker.chance.choice((Defect.OVER_SMOOTHING, Defect.COLOUR_SHIFT))
            painted = Painted(label, tool, mask(maker.chance, stimulus.width, stimulus.height))
            mark = marks.on_result(stimulus.id, painted, rater, accepted_licence=LICENCE)
        if number % 19 == 0:
            marks.withdraw(mark.uid, rater)


def mask(chance: random.Random, width: int, height: int) -> bytes:
    """Return a mask with one white rectangle."""
    plane = np.zeros((height, width), bool)
    top, left = chance.randrange(height - 1), chance.randrange(width - 1)
    plane[top : chance.randint(top + 1, height), left : chance.randint(left + 1, width)] = True
    return encode(plane)


def draw_names_and_times(maker: Maker, connection: Connection) -> None:
    """Give every row a name and times from the seed, in the order in which they were made."""
    when = BEGAN
    for table in (tables.makings, tables.studies, tables.sittings):
        for row in connection.execute(select(table).order_by(table.c.id)).mappings().all():
            when += timedelta(seconds=maker.chance.uniform(1, 900))
            drawn = {name: text(when) for name in row if name.endswith("_at") and row[name] is not None}
            if "uid" in row:
                drawn["uid"] = maker.uid()
            connection.execute(update(table).where(table.c.id == row["id"]).values(drawn))
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
    """Write the file, and its studies beside it; return how many answers it has."""
    memory = Path("/dev/shm")  # noqa: S108 — a database that nobody keeps need not reach a disk
    with (
        tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder,
        Store.open(f"sqlite:///{folder}/patina.db") as store,
    ):
        maker = Maker(store)
        made = make_stimuli(maker)
        make_ratings(maker, made)
        make_votes(maker, made)
        make_studies(maker, made)
        make_marks(maker, made)
        with store.database.writing() as connection:
            exclude(maker, connection)
            draw_names_and_times(maker, connection)
        export_studies(store, studies_beside(file))
        return export(store, file)


if __name__ == "__main__":
    sys.stderr.write(f"Wrote {make(FILE):,} rows to {FILE}.\n")
