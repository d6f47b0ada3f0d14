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
from mingjian.web import configuration, prepared_database, wiring
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
    hosts=("testserver", ".city.example"),
    lock_after_s=10**9,  # clocks are set forward by years; test_lock asks for it
    second_factor_roles=frozenset(),  # test_second_factor asks for it
)
configuration.provide(BASE)
os.environ["DJANGO_SETTINGS_MODULE"] = "mingjian.web.settings"
django.setup()

from tests.web.city import city  # noqa: E402, F401 - the fixture `city`
from tests.web.client import Api  # noqa: E402 - needs Django's apps

NOW_NS = 1_800_000_000_000_000_000
PASSWORD = "Lantern-Harbour-42"
FAST_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def pytest_terminal_summary(terminalreporter: Any) -> None:
    from django.db import connection

    terminalreporter.write_line(f"web: vendor={connection.vendor}")


@pytest.fixture(scope="session")
def django_db_modify_db_settings() -> None:
    """SQLite as it is served: a file with WAL, not a shared memory that knows no waiting.

    Both begin as what was migrated before: a copy of the prepared file, of the template that test_on_postgresql made.
    """
    from django.db import connection

    test = connection.settings_dict["TEST"]
    if connection.vendor == "sqlite":
        path = _FOLDER / "web" / "test.sqlite3"
        prepared_database.lay(path)
        test["NAME"] = str(path)
    elif template := os.environ.get("MINGJIAN_TEST_TEMPLATE", ""):
        test["TEMPLATE"] = template


@pytest.fixture(scope="session")
def django_db_keepdb() -> bool:
    """What was laid is kept; migrate finds nothing left to do, or all of it where nothing was prepared."""
    return True


def pytest_unconfigure() -> None:
    shutil.rmtree(_FOLDER, ignore_errors=True)


@pytest.fixture(autouse=True)
def _fast_hasher(settings: Any) -> None:
    """Argon2 is meant to be slow; test_passwords tries the real one."""
    settings.PASSWORD_HASHERS = FAST_HASHERS


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
    wiring.install(
        wiring.Wiring(
            engine=engine,
            check_camera_url=fake_check,
            probe=probe,
            clock=clock,
            retention_file=lambda camera, day: b"{}",
        )
    )
    configuration.provide(BASE)
    yield
    wiring.install(wiring.Wiring())
    configuration.provide(BASE)


@pytest.fixture(autouse=True)
def _shows_its_applications(request: pytest.FixtureRequest) -> Iterator[None]:
    """A test with the mark `applies(rule, action)` must see the rule asked, and its clause in an entry of the action."""
    from mingjian.web.authority import applying

    marks = [mark.args for mark in request.node.iter_markers("applies")]
    applying.forget()
    yield
    missing = [args for args in marks if not applying.shown(*args)]
    assert not missing, f"not asked, or no entry carries a clause of it: {missing}"


@pytest.fixture
def configure() -> Callable[..., WebConfiguration]:
    """Change the configuration for one test."""

    def change(**values: Any) -> WebConfiguration:
        changed = replace(configuration.current(), **values)
        configuration.provide(changed)
        return changed

    return change


@pytest.fixture
def make_user(db: None) -> Callable[..., Any]:
    """Make a user without going through the API."""
    from mingjian.web.accounts.actions import create_user
    from mingjian.web.authority.actor import local_person

    def make(name: str, role: str = "viewer", **values: Any) -> Any:
        values = {"must_change_password": False, **values}
        return create_user(local_person("test"), name=name, password=PASSWORD, role=role, **values)

    return make


@pytest.fixture
def admin(make_user: Callable[..., Any]) -> Api:
    """The administrator's browser."""
    return Api(make_user("root", "admin", display_name="Root Admin", unit="Control Room"))


@pytest.fixture
def operator(make_user: Callable[..., Any]) -> Api:
    return Api(make_user("olga", "operator"))


@pytest.fixture
def viewer(make_user: Callable[..., Any]) -> Api:
    return Api(make_user("vera", "viewer", display_name="Vera", unit="Watch"))


@pytest.fixture
def camera(db: None) -> Any:
    """A registered camera with credentials in its URLs."""
    from mingjian.web.authority.actor import local_person
    from mingjian.web.registry.actions import NewCamera, add_camera

    new = NewCamera(
        name="Crossing 1",
        url="rtsp://cam:Hunter2-xyz@10.0.0.1/main",
        sub_url="rtsp://cam:Hunter2-xyz@10.0.0.1/sub",
        group="District/Street",
    )
    return add_camera(local_person("test"), new)


@pytest.fixture
def commits(django_capture_on_commit_callbacks: Any) -> Any:
    """`with commits():` runs what waits for the commit when the block ends (tests never commit)."""

    def capture() -> Any:
        return django_capture_on_commit_callbacks(execute=True)

    return capture


@pytest.fixture
def _fence_again(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Torn down last: the audit table was emptied, its fence goes up again."""
    from django.db import connection

    from mingjian.web.audit.fence import raise_fence
    from mingjian.web.ledger import fence

    yield
    with django_db_blocker.unblock(), connection.schema_editor() as editor:
        raise_fence(editor)
        fence.raise_fence(editor)


@pytest.fixture
def committing(_fence_again: None, transactional_db: None) -> Iterator[None]:
    """For tests whose threads really commit; afterwards all tables are emptied, which only the fence forbids."""
    from django.db import connection

    from mingjian.web.audit.fence import lower_fence
    from mingjian.web.ledger import fence

    yield
    with connection.schema_editor() as editor:
        lower_fence(editor)
        fence.lower_fence(editor)
