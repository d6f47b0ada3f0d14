"""The index of a volume in SQLite. Every time is UTC nanoseconds since 1970 unless its name says otherwise.

The index holds nothing that segment files and journal do not say; `fsck.rebuild` makes it anew.
"""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

SCHEMA_VERSION = 1

_TABLES = """
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

-- a camera's stream; the integer stands for it everywhere else
CREATE TABLE IF NOT EXISTS streams (
  id INTEGER PRIMARY KEY, camera TEXT NOT NULL, stream TEXT NOT NULL, UNIQUE (camera, stream));

-- what the plan last said of a camera; it outlives the camera's removal
CREATE TABLE IF NOT EXISTS cameras (
  camera TEXT PRIMARY KEY, keep_days INTEGER NOT NULL, planned_from_ns INTEGER NOT NULL, removed_ns INTEGER) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS segments (
  id TEXT PRIMARY KEY,
  stream_id INTEGER NOT NULL REFERENCES streams (id),
  run TEXT NOT NULL,
  sequence INTEGER NOT NULL,
  path TEXT NOT NULL,                 -- relative to the volume
  start_ns INTEGER NOT NULL,          -- by the arrival clock of the machine that recorded
  end_ns INTEGER NOT NULL,
  start_90k INTEGER NOT NULL,         -- media time of the first sample within its Run
  duration_90k INTEGER NOT NULL,
  bytes INTEGER NOT NULL,             -- whole fragments with their leaf boxes; all of the file once sealed
  init_bytes INTEGER NOT NULL,
  fragments INTEGER NOT NULL,
  frames INTEGER NOT NULL,
  damaged_frames INTEGER NOT NULL,
  codecs TEXT NOT NULL,               -- RFC 6381
  width INTEGER NOT NULL,
  height INTEGER NOT NULL,
  sealed INTEGER NOT NULL,
  digest TEXT,                        -- hex of the RFC 6962 root, NULL while open
  digest_alg TEXT NOT NULL,
  recomputed INTEGER NOT NULL,        -- 1: hashed again from the file, not while writing
  clock_offset_ms INTEGER             -- camera clock minus ours
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS segments_by_time ON segments (stream_id, start_ns);
CREATE INDEX IF NOT EXISTS segments_open ON segments (sealed) WHERE sealed = 0;

-- coalesced intervals; kind 'recorded' or 'expired'
CREATE TABLE IF NOT EXISTS spans (
  stream_id INTEGER NOT NULL, kind TEXT NOT NULL, start_ns INTEGER NOT NULL, end_ns INTEGER NOT NULL,
  PRIMARY KEY (stream_id, kind, start_ns)) WITHOUT ROWID;

-- changes of a source's state; reason is a GapReason while failed; state 'disabled'/'enabled' are the operator's orders
CREATE TABLE IF NOT EXISTS events (
  id INTEGER PRIMARY KEY, stream_id INTEGER NOT NULL, at_ns INTEGER NOT NULL,
  state TEXT NOT NULL, reason TEXT, detail_zh TEXT NOT NULL, detail_en TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS events_by_time ON events (stream_id, at_ns);

-- footage that came but could not be written
CREATE TABLE IF NOT EXISTS losses (
  stream_id INTEGER NOT NULL, start_ns INTEGER NOT NULL, end_ns INTEGER NOT NULL, detail TEXT NOT NULL,
  PRIMARY KEY (stream_id, start_ns)) WITHOUT ROWID;

-- stretches in which a recorder ran; last_ns is its last heartbeat
CREATE TABLE IF NOT EXISTS lifetimes (
  id TEXT PRIMARY KEY, start_ns INTEGER NOT NULL, last_ns INTEGER NOT NULL, clean INTEGER NOT NULL, note TEXT NOT NULL)
  WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS lifetimes_by_time ON lifetimes (start_ns);

CREATE TABLE IF NOT EXISTS holds (
  id TEXT PRIMARY KEY, camera TEXT NOT NULL, stream TEXT, from_ns INTEGER NOT NULL, to_ns INTEGER NOT NULL,
  reason TEXT NOT NULL, person TEXT NOT NULL, made_ns INTEGER NOT NULL,
  removed_ns INTEGER, removed_by TEXT, removed_reason TEXT) WITHOUT ROWID;

-- receipts of what retention deleted
CREATE TABLE IF NOT EXISTS deletions (
  segment TEXT PRIMARY KEY, stream_id INTEGER NOT NULL, path TEXT NOT NULL, start_ns INTEGER NOT NULL,
  end_ns INTEGER NOT NULL, bytes INTEGER NOT NULL, digest TEXT, digest_alg TEXT NOT NULL, deleted_ns INTEGER NOT NULL,
  reason TEXT NOT NULL) WITHOUT ROWID;

-- history of camera clock minus ours
CREATE TABLE IF NOT EXISTS offsets (
  stream_id INTEGER NOT NULL, at_ns INTEGER NOT NULL, offset_ms INTEGER NOT NULL, PRIMARY KEY (stream_id, at_ns))
  WITHOUT ROWID;
"""


def open_for_writing(path: Path) -> sqlite3.Connection:
    """The index, made when it is missing. Raises sqlite3.DatabaseError when the file is no index of ours."""
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=2)
    try:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")
        connection.execute("PRAGMA wal_autocheckpoint=2000")
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        if version not in (0, SCHEMA_VERSION):
            raise sqlite3.DatabaseError(f"the index is of version {version}")
        connection.executescript(_TABLES)
        connection.execute(f"PRAGMA user_version={SCHEMA_VERSION}")
    except BaseException:
        connection.close()
        raise
    return connection


def open_for_reading(path: Path) -> sqlite3.Connection:
    """The index, read only: works while the engine writes, and on a read-only file system."""
    try:
        connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True, check_same_thread=False, timeout=5)
        connection.execute("SELECT 1 FROM streams LIMIT 1").fetchone()
    except sqlite3.OperationalError:
        if os.access(path.parent, os.W_OK):
            raise
        # WAL needs its -shm beside it; on a volume mounted read only nobody writes, so the file may be taken as it is
        connection = sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True, check_same_thread=False)
        connection.execute("SELECT 1 FROM streams LIMIT 1").fetchone()
    return connection
