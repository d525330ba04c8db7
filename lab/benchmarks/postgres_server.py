"""A PostgreSQL server for a while: a new cluster in a temporary folder, reached by a socket there."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

OWNER = "postgres"
"""Who runs the server where root asks for it, as whom PostgreSQL refuses to run."""


def binaries() -> Path | None:
    """Return the folder of PostgreSQL's programs, which Debian keeps off the path; None if there is none."""
    found = shutil.which("initdb")
    if found:
        return Path(found).parent
    return max(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name), default=None
    )


@contextmanager
def server(programs: Path, *, durable: bool) -> Generator[str]:
    """Run a server, and give its URL. One that is not `durable` waits for no disk, for tests."""
    with tempfile.TemporaryDirectory(prefix="patina-postgres-") as name:
        folder, cluster = Path(name), Path(name) / "cluster"
        if os.geteuid() == 0:
            shutil.chown(folder, OWNER)
        _run(
            folder, programs / "initdb", "-D", cluster, "-U", OWNER, "--auth=trust", "--no-sync", "-E", "UTF8"
        )
        fsync = "on" if durable else "off"
        options = f"-k {folder} -c listen_addresses='' -c fsync={fsync} -c max_connections=200"
        _run(folder, programs / "pg_ctl", "-D", cluster, "-l", folder / "log", "-o", options, "-w", "start")
        try:
            yield f"postgresql+psycopg://{OWNER}@/postgres?host={folder}"
        finally:
            _run(folder, programs / "pg_ctl", "-D", cluster, "-m", "immediate", "-w", "stop")


def _run(folder: Path, *words: object) -> None:
    drop = ("setpriv", f"--reuid={OWNER}", f"--regid={OWNER}", "--clear-groups") if os.geteuid() == 0 else ()
    done = subprocess.run(  # noqa: S603 — our own words
        [*drop, *map(str, words)],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{words[0]} failed: {done.stderr}")
