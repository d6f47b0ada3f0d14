"""The ASGI application that `app` serves over the unix socket `run/web.sock`."""

from __future__ import annotations

import os

from django.core.asgi import get_asgi_application

from mingjian.web.body_limit import BodyLimit

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mingjian.web.settings")

BODY_LIMIT = 2 << 20
"""Above Django's own limit for JSON (1 MiB, told as problem+json with everything else)."""

UPLOADS = {"/api/v1/files": 33 << 20, "/api/v1/imports": 65 << 20, "/api/v1/public/pictures": 11 << 20}
"""Above files.store.FILE_LIMIT, exchange.batches.FILE_LIMIT and reports.actions.PICTURE_BYTES, which tell it as
problem+json; Django spools the body to disk beyond 2.5 MB.
"""

application = BodyLimit(get_asgi_application(), BODY_LIMIT, UPLOADS)
