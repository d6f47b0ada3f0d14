"""The web process: Django under uvicorn on a unix socket that only the edge of the same user can open."""

from __future__ import annotations

import argparse
import os

import uvicorn

from mingjian.app.data_folder import DataFolder
from mingjian.app.settled import YOUNG, settle
from mingjian.app.setup_code import read_setup_code
from mingjian.app.web_setup import bring_up_web
from mingjian.media.edge.certificate import is_loopback


def serve(folder: DataFolder, options: argparse.Namespace) -> None:
    """Serve until SIGTERM."""
    public = not is_loopback(options.host)
    tls = public or options.tls_cert is not None
    bring_up_web(folder, tls=tls, public=public, setup_code=read_setup_code(folder))
    from django.urls import get_resolver  # Django is up only now

    from mingjian.web.asgi import application

    len(get_resolver().url_patterns)  # every slice is loaded before we say that we are ready: no request waits for it
    settle(YOUNG)
    folder.web_socket.unlink(missing_ok=True)
    os.umask(0o077)
    config = uvicorn.Config(
        application,
        uds=str(folder.web_socket),
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        lifespan="off",
        timeout_graceful_shutdown=3,
    )
    uvicorn.Server(config).run()
