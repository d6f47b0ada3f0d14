"""Adding to web's log, giving leaves their places, signing. The worker does the last two."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from django.db import connection, transaction

from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.isotime import format_iso_ns
from mingjian.kernel.text import Text
from mingjian.ledger import note
from mingjian.ledger.checkpoint import Checkpoint, CheckpointState, open_root
from mingjian.ledger.consistency import RowWriter, consistency_proof
from mingjian.ledger.leaf import ConfigurationChange, Leaf
from mingjian.ledger.merkle import leaf_hash
from mingjian.web import wiring
from mingjian.web.authority.actor import Actor
from mingjian.web.ledger import queries
from mingjian.web.ledger.models import KnownSetting, LedgerCheckpoint, LedgerLeaf, PendingLeaf

SYSTEM = "system"
_BATCH = 1000
_LOCK = 0x6D6A6C65  # any number that nobody else of this database uses: "mjle"


def append_leaf(leaf: Leaf) -> str:
    """Add a leaf; call it inside the transaction of what it records, so that neither is there without the other.

    Costs one insert and takes no lock. Returns the leaf's name (SHA-256 of its bytes, hex), by which
    `queries.proof_of` finds its proof once a checkpoint covers it.
    """
    data = leaf.encode()
    name = hashlib.sha256(data).hexdigest()
    PendingLeaf.objects.create(name=name, data=data)
    return name


def configuration_changed(actor: Actor, subject: str, setting: str, before: object, after: object) -> str:
    """A setting that touches evidence was changed: its leaf. None stands for no value."""
    return append_leaf(
        ConfigurationChange(
            at_ns=wiring.clock().now_ns(), subject=subject, setting=setting, before=_text(before), after=_text(after),
            person=person_of(actor),
        )
    )  # fmt: skip


def person_of(actor: Actor) -> str:
    """How a leaf names a person: his name, and his account where names may be several people's."""
    return f"{actor.name} ({actor.user})"[:256] if actor.user else (actor.name or SYSTEM)[:256]


def sequence(algorithm: str) -> int:
    """Give every pending leaf its place in the tree, oldest first; how many there were. `algorithm` is for a new log."""
    done = 0
    while True:
        with transaction.atomic():
            _lock()
            waiting = list(PendingLeaf.objects.order_by("id")[:_BATCH])
            if not waiting:
                return done
            _place(waiting, _algorithm(algorithm))
            PendingLeaf.objects.filter(pk__in=[one.pk for one in waiting]).delete()
        done += len(waiting)


def sign_checkpoint(origin: str, algorithm: str, signer_of: Callable[[], note.Signer]) -> str:
    """Sign what is in the tree; the note, durable before it is returned.

    Raises MingjianError of the key, or `ledger_contradicts` when the tree is not what was signed before.
    """
    with transaction.atomic():
        _lock()
        row = queries.last_checkpoint()
        last = None if row is None else Checkpoint.parse(note.split(row.note)[0])
        algorithm = _algorithm(algorithm)
        try:
            writer = RowWriter.resume(algorithm, queries.size(), queries.read_node)
            following = Checkpoint(
                origin, writer.size, writer.root(), algorithm, wiring.clock().now_ns(),
                None if last is None else last.hash(), 0, open_root(algorithm, []),
            )  # fmt: skip
            proof = [] if last is None else consistency_proof(algorithm, queries.read_node, last.size, following.size)
            _, signed = CheckpointState(last).sign(following, proof, signer_of())
        except (KeyError, IndexError) as error:
            raise _contradicts(origin) from error
        except MingjianError as error:
            raise (_contradicts(origin) if error.code.startswith("checkpoint_") else error) from error
        LedgerCheckpoint.objects.create(
            size=following.size, time_ns=following.time_ns, algorithm=algorithm, note=signed
        )
    return signed


def begin(algorithm: str) -> None:
    """The first leaf of a new log says from when it speaks."""
    if not LedgerLeaf.objects.exists() and not PendingLeaf.objects.exists():
        now_ns = wiring.clock().now_ns()
        append_leaf(
            ConfigurationChange(
                at_ns=now_ns, subject="ledger", setting="begun", before=None, after=format_iso_ns(now_ns), person=SYSTEM
            )
        )  # fmt: skip


def settings_seen(values: dict[str, str]) -> int:
    """Settings outside the database as they are now; each that differs from what the log said last becomes a leaf."""
    changed = 0
    with transaction.atomic():
        known = dict(KnownSetting.objects.values_list("name", "value"))
        for name, value in values.items():
            if known.get(name) == value:
                continue
            append_leaf(
                ConfigurationChange(
                    at_ns=wiring.clock().now_ns(), subject="mingjian.toml", setting=name,
                    before=_text(known.get(name)), after=_text(value), person=SYSTEM,
                )
            )  # fmt: skip
            KnownSetting.objects.update_or_create(name=name, defaults={"value": value})
            changed += 1
    return changed


def _place(waiting: list[PendingLeaf], algorithm: str) -> None:
    writer = RowWriter.resume(algorithm, queries.size(), queries.read_node)
    rows = []
    for one in waiting:
        data = bytes(one.data)
        index = writer.size
        nodes = writer.append(leaf_hash(algorithm, (data,)))
        rows.append(LedgerLeaf(index=index, name=one.name, data=data, nodes=nodes))
    LedgerLeaf.objects.bulk_create(rows)


def _algorithm(wanted: str) -> str:
    """The log's digest algorithm is that of its first checkpoint for ever."""
    first = LedgerCheckpoint.objects.order_by("id").values_list("algorithm", flat=True).first()
    return wanted if first is None else first


def _lock() -> None:
    """One at a time gives places; SQLite's transactions are alone anyway."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def _text(value: object) -> str | None:
    return None if value is None else (str(value)[:4096] or "-")


def _contradicts(origin: str) -> MingjianError:
    return MingjianError(
        "ledger_contradicts",
        Text(zh=f"账本 {origin} 与它签过的检查点不符", en=f"the log {origin} is not what it signed"),
        fault=Fault.ENVIRONMENT,
        remedy=Text(
            zh="请运行 mingjian ledger audit；如从备份恢复，请用 mingjian restore --reason 声明",
            en="run mingjian ledger audit; a backup is put back with mingjian restore --reason",
        ),
    )
