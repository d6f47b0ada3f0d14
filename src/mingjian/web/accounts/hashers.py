"""How passwords are kept, and how many may be hashed at once."""

from __future__ import annotations

import threading

from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2Hasher(Argon2PasswordHasher):
    """Argon2id with the second recommended option of RFC 9106 section 4: 3 passes over 64 MiB in 4 lanes."""

    time_cost = 3
    memory_cost = 64 * 1024
    parallelism = 4


hashing = threading.BoundedSemaphore(2)
"""Held while a stranger's password is hashed: a crowd at the door takes 128 MiB, not 64 MiB each."""
