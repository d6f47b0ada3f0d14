"""The names under which this machine serves."""

from __future__ import annotations

import socket

import psutil

EDGE_NAME = "edge"
"""What viewing tickets are bound to; a city with several edges gives each its own."""


def own_hosts() -> tuple[str, ...]:
    """This machine's names and addresses, as browsers write them."""
    names = {socket.gethostname(), socket.getfqdn()}
    for addresses in psutil.net_if_addrs().values():
        for address in addresses:
            if address.family == socket.AF_INET:
                names.add(address.address)
            elif address.family == socket.AF_INET6:
                names.add(f"[{address.address.split('%')[0]}]")
    return tuple(sorted(names))
