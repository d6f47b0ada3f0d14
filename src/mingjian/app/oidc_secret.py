"""The client secret of the identity provider: `keys/oidc.secret`, mode 0600, sealed under the folder's key.

It is sealed for its issuer and client id, so that a changed setting never sends it to somebody else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mingjian.app.data_folder import DataFolder
from mingjian.app.settings import OidcSettings
from mingjian.files.whole import replace_file
from mingjian.kernel.clock import Clock
from mingjian.kernel.errors import MingjianError
from mingjian.kernel.sealing import seal, unseal

if TYPE_CHECKING:
    from mingjian.app.oidc import OidcProvider


def keep_secret(folder: DataFolder, settings: OidcSettings, secret: str) -> None:
    """Keep it, in the place of an older one. Raises OSError."""
    sealed = seal(folder.secret_key(), _context(settings), secret)
    replace_file(folder.keys / "oidc.secret", sealed.encode(), 0o600)


def read_secret(folder: DataFolder, settings: OidcSettings) -> str:
    """The secret. Raises MingjianError oidc_setting when there is none for these settings."""
    from mingjian.app.oidc_errors import no_secret

    try:
        sealed = (folder.keys / "oidc.secret").read_text(encoding="ascii")
        return unseal(folder.secret_key(), _context(settings), sealed.strip())
    except (FileNotFoundError, UnicodeDecodeError, MingjianError) as error:
        raise no_secret() from error


def provider_of(folder: DataFolder, settings: OidcSettings, clock: Clock) -> OidcProvider | None:
    """The configured provider, None where there is none: then not even its libraries are loaded."""
    if not settings.issuer:
        return None
    from mingjian.app.oidc import OidcProvider

    return OidcProvider(settings, lambda: read_secret(folder, settings), clock)


def _context(settings: OidcSettings) -> str:
    return f"oidc/{settings.issuer}/{settings.client_id}"
