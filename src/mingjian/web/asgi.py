"""The ASGI application that `app` serves over the unix socket `run/web.sock`."""

from __future__ import annotations

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mingjian.web.settings")
application = get_asgi_application()
