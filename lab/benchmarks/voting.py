"""Fifty people vote at once in the Arena of a running server, as the page's script does."""

import asyncio
import time
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from random import Random
from statistics import quantiles
from typing import Any

import cv2
import httpx
import numpy as np

from lab.benchmarks.arena import HEIGHT, TASK, WIDTH, Piece, keep
from lab.benchmarks.benchmark import Benchmark, Figures, table
from lab.benchmarks.server import Server, serving
from models import registry
from models.card import RESTORING, Card
from ratings.raters import load_secret, new_token
from ratings.records import LICENCE, Contestant
from ratings.settings import Settings
from ratings.store import Store

VOTERS = 50
PAUSE_SECONDS = (2.0, 5.0)
SECONDS = 60.0
LIMIT_MS = 150.0

CHOICES = ("left", "right", "tie", "both-bad")
_WISH = {"task": TASK, "own": None}
_GALLERY = Path(__file__).parents[2] / "gallery" / "gallery.toml"
_AT_REST, _LOOKS_EVERY, _PATIENCE_SECONDS = 0.1, 5.0, 420.0


def measure(folder: Path, voters: int = VOTERS, seconds: float = SECONDS) -> Figures:
    """Let everybody vote for so many seconds, once the server has prepared what is judged."""
    data = folder / "data"
    settings = Settings.from_environment({"PATINA_DATA_DIR": str(data)})
    secret = load_secret(settings)
    pixels = _fill(settings.database_url, data / "stimuli")
    with serving(folder) as server:
        tokens = [new_token(secret) for _ in range(voters)]
        # The first deal begins preparing, and loads what choosing needs.
        httpx.post(f"{server.url}/patina/arena/deal", json={"task": TASK}, timeout=120).raise_for_status()
        _wait_until_at_rest(server)
        before = _processor_seconds(server)
        votes = asyncio.run(_everybody(server.url, tokens, seconds))
        spent = _processor_seconds(server) - before
    return {
        "voters": voters,
        "pause_seconds": list(PAUSE_SECONDS),
        "seconds": seconds,
        "votes": len(votes),
        "picture_bytes": pixels,
        "server_processor_seconds": round(spent, 1),
        "acknowledged": _spread([acknowledged for acknowledged, _ in votes]),
        "received": _spread([received for _, received in votes]),
    }


def _fill(url: str, pictures: Path) -> int:
    """Keep a picture of every model on every example, of real size; return the bytes of one.

    Noise cannot be compressed: no restored photo of this size is longer.
    """
    pictures.mkdir(parents=True)
    random = np.random.default_rng(0)
    items = tomllib.loads(_GALLERY.read_text(encoding="utf-8"))["item"]
    pieces = [
        Piece(_contestant(card), item["id"], _picture(pictures, random), _picture(pictures, random))
        for item in items
        for card in _cards(item["task"])
    ]
    with Store.open(url) as store:
        keep(store, pieces)
    return (pictures / f"{pieces[0].shown}.png").stat().st_size


def _cards(task: str) -> Iterator[Card]:
    return (card for card in registry.by_task(task) if card.task in RESTORING)


def _contestant(card: Card) -> Contestant:
    weights = card.weights.sha256 if card.weights else None
    return Contestant(str(card.task), card.id, card.version, weights)


def _picture(folder: Path, random: np.random.Generator) -> str:
    done, png = cv2.imencode(".png", random.integers(0, 256, (HEIGHT, WIDTH, 3), dtype=np.uint8))
    assert done
    name = sha256(png.tobytes()).hexdigest()
    (folder / f"{name}.png").write_bytes(png.tobytes())
    return name


def _wait_until_at_rest(server: Server) -> None:
    """Wait until the server makes no more results."""
    until = time.monotonic() + _PATIENCE_SECONDS
    while True:
        before = _processor_seconds(server)
        time.sleep(_LOOKS_EVERY)
        if _processor_seconds(server) - before < _AT_REST * _LOOKS_EVERY:
            return
        if time.monotonic() > until:
            raise RuntimeError("The server did not come to rest before the votes; look at what it does.")


def _processor_seconds(server: Server) -> float:
    """Return what a process has used of the processor so far, as Linux tells it in hundredths."""
    told = Path(f"/proc/{server.process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(told[11]) + int(told[12])) / 100


async def _everybody(url: str, tokens: list[str], seconds: float) -> list[tuple[float, float]]:
    until = time.monotonic() + seconds
    # One client, since each makes ready for HTTPS; it opens as many connections as are used at once.
    # The server closes what is idle for 5 s; a browser would ask again, this client gives up earlier.
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=None, keepalive_expiry=3)
    async with httpx.AsyncClient(base_url=f"{url}/patina/arena", limits=limits, timeout=60) as client:
        voting = (_vote_on(Voter(client, token), seed, until) for seed, token in enumerate(tokens))
        return [vote for votes in await asyncio.gather(*voting) for vote in votes]


@dataclass(frozen=True, slots=True)
class Voter:
    """A browser in which the Arena is open."""

    client: httpx.AsyncClient
    token: str

    async def deal(self) -> dict[str, Any]:
        """Ask for a pair, and fetch its pictures."""
        pair = await self._ask("/deal", _WISH)
        await self.prepare(pair)
        return pair

    async def vote(self, pair: dict[str, Any], choice: str, response_ms: int) -> dict[str, Any]:
        """Vote, and ask for another pair; return what is told."""
        told = {
            "token": pair["token"],
            "choice": choice,
            "response_ms": response_ms,
            "licence": LICENCE,
            "language": "en",
            "next": _WISH,
            "viewing": {"viewport_width": 1440, "viewport_height": 900, "device_pixel_ratio": 1},
        }
        return await self._ask("/vote", told)

    async def prepare(self, pair: dict[str, Any]) -> None:
        """Fetch a pair's pictures, all at once."""
        sides = ("left", "right", "original") if pair["original"] else ("left", "right")
        found = (self.client.get(f"/{pair['token']}/{side}.png") for side in sides)
        for answer in await asyncio.gather(*found):
            answer.raise_for_status()

    async def _ask(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = await self.client.post(path, json=body, headers={"X-Patina-Browser": self.token})
        answer.raise_for_status()
        return answer.json()


async def _vote_on(voter: Voter, seed: int, until: float) -> list[tuple[float, float]]:
    """Vote every few seconds; return, in ms from each click, when it was acknowledged and all was there.

    Two pairs are with the voter: the one shown, and the next, whose pictures came beforehand.
    """
    random = Random(seed)
    votes: list[tuple[float, float]] = []
    await asyncio.sleep(random.uniform(0, PAUSE_SECONDS[1]))
    shown, upcoming = await voter.deal(), await voter.deal()
    while time.monotonic() < until:
        pause = random.uniform(*PAUSE_SECONDS)
        await asyncio.sleep(pause)
        clicked = time.perf_counter()
        told = await voter.vote(shown, random.choice(CHOICES), round(1000 * pause))
        acknowledged = time.perf_counter()
        assert told["revealed"]["counts"], told["revealed"]["flag"]
        await voter.prepare(told["next"])
        shown, upcoming = upcoming, told["next"]
        votes.append((1000 * (acknowledged - clicked), 1000 * (time.perf_counter() - clicked)))
    return votes


def _spread(milliseconds: list[float]) -> dict[str, float]:
    parts = quantiles(milliseconds, n=100)
    return {"p50": round(parts[49], 1), "p95": round(parts[94], 1), "p99": round(parts[98], 1)}


def is_met(figures: Figures) -> bool:
    """Tell whether nearly nobody waits longer than one notices."""
    return figures["received"]["p95"] <= LIMIT_MS


def section(figures: Figures) -> str:
    """Show the percentiles of both."""
    least, most = figures["pause_seconds"]
    heads = ("milliseconds from the click", "median", "95th percentile", "99th percentile")
    names = {
        "acknowledged": "the vote is stored, the next pair can be shown",
        "received": "the pictures of the pair after that are there, too",
    }
    rows = [
        (name, *(f"{figures[what][part]:.0f}" for part in ("p50", "p95", "p99")))
        for what, name in names.items()
    ]
    return (
        f"{figures['voters']} people, each with a browser's token of its own, vote every {least:g} to "
        f"{most:g} s for {figures['seconds']:.0f} s: {figures['votes']} votes on a running server, whose "
        f"results were made before. Each vote asks for another pair: three pictures of {WIDTH} × {HEIGHT} "
        f"pixels of noise, {figures['picture_bytes'] / 1000:.0f} kB each, as PNG. The voters run in one "
        f"process beside the server, on the same cores; the server used "
        f"{figures['server_processor_seconds']:g} s of processor time.\n\n" + table(heads, rows)
    )


BENCHMARK = Benchmark(
    "voting",
    "Votes in the Arena",
    f"from click to the next pair received at most {LIMIT_MS:g} ms at the 95th percentile, "
    f"{VOTERS} people voting",
    measure,
    is_met,
    section,
)
