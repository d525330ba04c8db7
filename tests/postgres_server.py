"""A PostgreSQL server of the tests' own: a new cluster in a temporary folder, reached by a socket there."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

OWNER = "postgres"
"""Who runs the server where the tests run as root, as whom PostgreSQL refuses to."""


def binaries() -> Path | None:
    """Return the folder of PostgreSQL's programs, which Debian keeps off the path; None if there is none."""
    found = shutil.which("initdb")
    if found:
        return Path(found).parent
    return max(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name), default=None
    )


@contextmanager
def server(programs: Path) -> Iterator[str]:
    """Run a server, and give its URL."""
    with tempfile.TemporaryDirectory(prefix="patina-postgres-") as name:
        folder, cluster = Path(name), Path(name) / "cluster"
        if os.geteuid() == 0:
            shutil.chown(folder, OWNER)
        _run(
            folder, programs / "initdb", "-D", cluster, "-U", OWNER, "--auth=trust", "--no-sync", "-E", "UTF8"
        )
        options = f"-k {folder} -c listen_addresses='' -c fsync=off -c max_connections=200"
        _run(folder, programs / "pg_ctl", "-D", cluster, "-l", folder / "log", "-o", options, "-w", "start")
        try:
            yield f"postgresql+psycopg://{OWNER}@/postgres?host={folder}"
        finally:
            _run(folder, programs / "pg_ctl", "-D", cluster, "-m", "immediate", "-w", "stop")


def _run(folder: Path, *words: object) -> None:
    drop = ("setpriv", f"--reuid={OWNER}", f"--regid={OWNER}", "--clear-groups") if os.geteuid() == 0 else ()
    done = subprocess.run(
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
