"""Django for the web tests: our own settings over a scratch data folder, on SQLite or on the named PostgreSQL."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import django
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from tests.web.fakes import FakeEngine, FakeProbe, fake_check

from mingjian.kernel.clock import ManualClock
from mingjian.web import configuration, wiring
from mingjian.web.configuration import WebConfiguration

_FOLDER = Path(tempfile.mkdtemp(prefix="mingjian-web-"))
for part in ("web", "plan"):
    (_FOLDER / part).mkdir()

BASE = WebConfiguration(
    data_folder=_FOLDER,
    django_key="k" * 64,
    secret_key=b"s" * 32,
    ticket_key=Ed25519PrivateKey.from_private_bytes(b"t" * 32),
    instance="instance-1",
    database=os.environ.get("MINGJIAN_TEST_DATABASE", ""),
    hosts=("testserver", "localhost", "127.0.0.1"),
)
configuration.provide(BASE)
os.environ["DJANGO_SETTINGS_MODULE"] = "mingjian.web.settings"
django.setup()

NOW_NS = 1_800_000_000_000_000_000
PASSWORD = "Lantern-Harbour-42"


def pytest_unconfigure() -> None:
    shutil.rmtree(_FOLDER, ignore_errors=True)


@pytest.fixture(autouse=True)
def _fast_hasher(settings: Any) -> None:
    """Argon2 is meant to be slow; test_passwords tries the real one."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOW_NS)


@pytest.fixture
def engine() -> FakeEngine:
    return FakeEngine()


@pytest.fixture
def probe() -> FakeProbe:
    return FakeProbe()


@pytest.fixture(autouse=True)
def _wired(clock: ManualClock, engine: FakeEngine, probe: FakeProbe) -> Iterator[None]:
    wiring.install(wiring.Wiring(engine=engine, check_camera_url=fake_check, probe=probe, clock=clock))
    configuration.provide(BASE)
    yield
    wiring.install(wiring.Wiring())
    configuration.provide(BASE)


@pytest.fixture
def configure() -> Callable[..., WebConfiguration]:
    """Change the configuration for one test."""

    def change(**values: Any) -> WebConfiguration:
        changed = replace(configuration.current(), **values)
        configuration.provide(changed)
        return changed

    return change
