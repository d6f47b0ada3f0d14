"""Bring Django up inside a process: configuration from the data folder, ports wired, migrations run."""

from __future__ import annotations

import os
from pathlib import Path

import django
from django.core.management import call_command

from mingjian.app.camera_ports import RtspProbe, check_url
from mingjian.app.data_folder import DataFolder
from mingjian.app.engine_client import EngineClient
from mingjian.app.evidence_maker import EvidenceMaker
from mingjian.app.hosts import EDGE_NAME, own_hosts
from mingjian.app.oidc_secret import provider_of
from mingjian.app.retention_proofs import certificate_file
from mingjian.app.settings import Settings, load_settings
from mingjian.kernel.clock import SystemClock
from mingjian.media.playback.store_recordings import StoreRecordings
from mingjian.web import configuration, prepared_database, wiring

_LOCAL_HOSTS = ("localhost", "127.0.0.1", "[::1]")


def bring_up_web(folder: DataFolder, *, tls: bool = False, public: bool = False, setup_code: str = "") -> Settings:
    """Configure and start Django for this folder; returns the folder's settings. Call once a process.

    `public`: the edge listens beyond loopback, so that browsers come by this machine's names and addresses too.
    """
    identity = folder.identity()
    settings = load_settings(folder, demo=identity.demo)
    configuration.provide(
        configuration.WebConfiguration(
            data_folder=folder.root,
            django_key=folder.django_key(),
            secret_key=folder.secret_key(),
            ticket_key=folder.ticket_private_key(),
            instance=identity.instance,
            demo=identity.demo,
            database=settings.database,
            database_password=_database_password(folder),
            hosts=(*_LOCAL_HOSTS, *settings.hosts, *(own_hosts() if public else ())),
            tls=tls,
            edge=EDGE_NAME,
            keep_days=settings.keep_days,
            # People of a demonstration are shared and forgotten with its folder; it is reached over loopback only.
            second_factor_roles=frozenset() if identity.demo else settings.second_factor_roles,
            lock_after_s=settings.lock_after_s,
            font_folder=settings.font_folder,
            setup_code=setup_code,
        )
    )
    wiring.install(
        wiring.Wiring(
            engine=EngineClient(folder),
            check_camera_url=check_url,
            probe=RtspProbe(SystemClock()),
            footage=StoreRecordings(folder.root),
            packages=EvidenceMaker(folder, settings.ledger.suite, SystemClock()),
            clock=SystemClock(),
            retention_file=lambda camera, day: certificate_file(folder, camera, day),
            identity_provider=provider_of(folder, settings.oidc, SystemClock()),
        )
    )
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mingjian.web.settings")
    django.setup()
    return settings


def migrate() -> None:
    """Bring the database to this version's shape; nothing happens when it is there already.

    A new installation's embedded database is a copy of the prepared one, where that was built.
    """
    configured = configuration.current()
    if not configured.database:
        prepared_database.lay(Path(configured.sqlite_file))
    call_command("migrate", interactive=False, verbosity=0)


def _database_password(folder: DataFolder) -> str:
    path = folder.keys / "database.password"
    return path.read_text(encoding="utf-8").strip() if path.exists() else ""
