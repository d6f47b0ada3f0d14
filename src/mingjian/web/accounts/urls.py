"""Where the slice's endpoints are."""

from __future__ import annotations

from ninja import Router

from mingjian.web.accounts.api import auth_router, me_router, setup_router, users_router
from mingjian.web.accounts.lock_api import awake_router, lock_router
from mingjian.web.accounts.oidc_api import own_identity_router, provider_router, user_identity_router
from mingjian.web.accounts.passkey_api import passkeys_router, sign_in_router
from mingjian.web.accounts.second_factor_api import own_router, reset_router
from mingjian.web.accounts.token_api import own_tokens_router, user_tokens_router

routers: list[tuple[str, Router]] = [
    ("/setup", setup_router),
    ("/auth", auth_router),
    ("/auth/passkey", sign_in_router),
    ("/auth/oidc", provider_router),
    ("/auth", lock_router),
    ("/me", me_router),
    ("/me", awake_router),
    ("/me/identity", own_identity_router),
    ("/me/passkeys", passkeys_router),
    ("/me/second-factor", own_router),
    ("/me/tokens", own_tokens_router),
    ("/users", users_router),
    ("/users", reset_router),
    ("/users", user_tokens_router),
    ("/users", user_identity_router),
]
