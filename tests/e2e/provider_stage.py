"""Our Django with an administrator, an operator and an identity provider that runs elsewhere: for test_provider_screens."""

from __future__ import annotations

import argparse
import asyncio
from dataclasses import replace

from tests.e2e.city_stage import serve
from tests.peers.oidc_peer import CLIENT_ID, CLIENT_SECRET
from tests.web.conftest import PASSWORD

from mingjian.app.oidc import OidcProvider
from mingjian.app.settings import OidcSettings
from mingjian.kernel.clock import SystemClock
from mingjian.web import wiring


def fill(issuer: str) -> str:
    """Two people, who are both linked with nobody."""
    from django.core.management import call_command

    from mingjian.web.accounts.actions import create_user
    from mingjian.web.authority.actor import local_person

    settings = OidcSettings(issuer, CLIENT_ID, "市局统一认证", "", frozenset(), "")
    provider = OidcProvider(settings, lambda: CLIENT_SECRET, SystemClock())
    wiring.install(replace(wiring._wiring[0], identity_provider=provider))
    call_command("migrate", verbosity=0)
    for name, role, shown in (("boss", "admin", "管理员老周"), ("wang", "auditor", "王警官")):
        create_user(
            local_person("stage"), name=name, password=PASSWORD, role=role, display_name=shown,
            must_change_password=False,
        )  # fmt: skip
    return PASSWORD


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--issuer", required=True)
    options = parser.parse_args()
    asyncio.run(serve(options.port, lambda: fill(options.issuer)))


if __name__ == "__main__":
    main()
