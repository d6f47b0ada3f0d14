"""What the benches of web share: a scratch database, SQLite or PostgreSQL, the command line, and how they tell."""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

REPEAT = 30


def parser(about: str | None, scale: str) -> argparse.ArgumentParser:
    """`--scale` (1.0 is what `scale` says), `--postgresql`, `--out`."""
    made = argparse.ArgumentParser(description=about)
    made.add_argument("--scale", type=float, default=1.0, help=f"1.0: {scale}")
    made.add_argument("--postgresql", action="store_true")
    made.add_argument("--out", type=Path)
    return made


@contextmanager
def scratch(chosen: argparse.Namespace) -> Iterator[Path]:
    """Django on an empty, migrated database of its own: the folder of its files, gone afterwards."""
    sys.path.insert(0, str(Path(__file__).parents[1]))
    with _database(chosen.postgresql) as url, tempfile.TemporaryDirectory(prefix="mingjian-bench-") as folder:
        _set_up(Path(folder), url)
        yield Path(folder)


def tell(chosen: argparse.Namespace, result: dict[str, Any]) -> None:
    """Print it as JSON with the database's name, and keep it where `--out` says."""
    text = json.dumps(
        result | {"database": "postgresql" if chosen.postgresql else "sqlite"}, indent=1, ensure_ascii=False
    )
    print(text)
    if chosen.out:
        chosen.out.write_text(text + "\n", encoding="utf-8")


def asked(ask: Callable[[], Any]) -> dict[str, Any]:
    """p95 in ms by the clock of REPEAT answers, the first not counted; the median of this process' own time, which
    others on the machine do not lengthen; the number of queries.
    """
    from django.db import connection

    made: list[str] = []

    def note(execute: Any, sql: str, *rest: Any) -> Any:
        made.append(sql)
        return execute(sql, *rest)

    with connection.execute_wrapper(note):
        ask()
    taken, own = [], []
    for _ in range(REPEAT):
        start, start_own = time.perf_counter(), time.process_time()
        ask()
        taken.append((time.perf_counter() - start) * 1000)
        own.append((time.process_time() - start_own) * 1000)
    p95 = statistics.quantiles(taken, n=20)[-1]
    return {"p95_ms": round(p95, 1), "own_ms": round(statistics.median(own), 1), "queries": len(made)}


@contextmanager
def _database(postgresql: bool) -> Iterator[str]:
    if not postgresql:
        yield ""
        return
    from tests.web.postgres_server import postgresql_server

    with postgresql_server() as url:
        yield url


def _set_up(folder: Path, url: str) -> None:
    import django
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from django.core.management import call_command

    from mingjian.web import configuration

    for part in ("web", "plan"):
        (folder / part).mkdir()
    key = Ed25519PrivateKey.generate()
    configuration.provide(
        configuration.WebConfiguration(
            folder, "k" * 64, b"s" * 32, key, instance="bench", database=url, hosts=("testserver",)
        )
    )
    os.environ["DJANGO_SETTINGS_MODULE"] = "mingjian.web.settings"
    django.setup()
    call_command("migrate", verbosity=0)
