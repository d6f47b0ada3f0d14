"""Retrievals at the holder's desk: those who execute, papers, register, handing over, ending; and emergencies."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router, Status

from mingjian.web.http.guard import Requires, actor_of
from mingjian.web.http.idempotency import create_once
from mingjian.web.http.language import language_of
from mingjian.web.http.schemas import Reason
from mingjian.web.http.versions import expected_version, set_etag
from mingjian.web.retrievals import declining, emergencies, executing, policies
from mingjian.web.retrievals.api import answer
from mingjian.web.retrievals.emergencies import closes_s
from mingjian.web.retrievals.marking import HandedFile
from mingjian.web.retrievals.schemas import (
    NAMED_CAMERAS,
    DeclarationIn,
    ExecutorConfirmIn,
    HandoverEndIn,
    OpenEmergencyOut,
    PapersIn,
    RetrievalOut,
    SealIn,
    VisitorIn,
    VisitorUndertakingIn,
    seconds,
    whole,
)

router = Router(tags=["retrievals"])
emergencies_router = Router(tags=["retrievals"])
_ASK, _DESK, _READ = Requires(policies.ASK), Requires(policies.HAND_OVER), Requires(policies.READ_OWN)
_DECLARE = Requires(policies.DECLARE)


@router.post("/{retrieval_id}/executors", auth=_ASK, response=RetrievalOut, operation_id="retrievals_come")
def come(request: HttpRequest, response: HttpResponse, retrieval_id: str, data: ExecutorConfirmIn) -> dict[str, Any]:
    """I execute this: my credential's number and my second factor."""
    row = executing.come(actor_of(request), retrieval_id, data.number, data.code, expected_version(request))
    return answer(request, response, row)


@router.post("/{retrieval_id}/visitors", auth=_DESK, response=RetrievalOut, operation_id="retrievals_visitor")
def visitor(request: HttpRequest, response: HttpResponse, retrieval_id: str, data: VisitorIn) -> dict[str, Any]:
    """Enter one who executes and has no account."""
    value = executing.Visitor(data.name, data.number, data.approval_file, data.signature_file)
    row = executing.enter_visitor(actor_of(request), retrieval_id, value, expected_version(request))
    return answer(request, response, row)


@router.post("/{retrieval_id}/present", auth=_DESK, response=RetrievalOut, operation_id="retrievals_present")
def present(request: HttpRequest, response: HttpResponse, retrieval_id: str, data: PapersIn) -> dict[str, Any]:
    """Credentials and the document of approval were checked."""
    row = executing.present(actor_of(request), retrieval_id, data.papers, expected_version(request))
    return answer(request, response, row)


@router.post("/{retrieval_id}/undertaking", auth=_ASK, response=RetrievalOut, operation_id="retrievals_undertake")
def undertake(request: HttpRequest, response: HttpResponse, retrieval_id: str) -> dict[str, Any]:
    """One's own undertaking of confidentiality."""
    row = executing.undertake(actor_of(request), retrieval_id, expected_version(request))
    return answer(request, response, row)


@router.post("/{retrieval_id}/visitors/undertaking", auth=_DESK, response=RetrievalOut,
             operation_id="retrievals_visitor_undertakes")  # fmt: skip
def visitor_undertakes(
    request: HttpRequest, response: HttpResponse, retrieval_id: str, data: VisitorUndertakingIn
) -> dict[str, Any]:
    """A visitor's undertaking."""
    row = executing.visitor_undertakes(
        actor_of(request), retrieval_id, data.number, data.signature_file, expected_version(request)
    )
    return answer(request, response, row)


@router.post("/{retrieval_id}/register", auth=_DESK, response=RetrievalOut, operation_id="retrievals_register")
def register(request: HttpRequest, response: HttpResponse, retrieval_id: str) -> dict[str, Any]:
    """Enter it in the holder's register."""
    row = executing.register(actor_of(request), retrieval_id, expected_version(request))
    return answer(request, response, row)


@router.post("/{retrieval_id}/execute", auth=_DESK, response=RetrievalOut, operation_id="retrievals_execute")
def execute(request: HttpRequest, response: HttpResponse, retrieval_id: str) -> dict[str, Any]:
    """Footage may be seen or handed over from now on."""
    row = executing.execute(actor_of(request), retrieval_id, "execute", expected_version(request))
    return answer(request, response, row)


@router.post("/{retrieval_id}/finish", auth=_DESK, response=RetrievalOut, operation_id="retrievals_finish")
def finish(request: HttpRequest, response: HttpResponse, retrieval_id: str) -> dict[str, Any]:
    """They have seen it."""
    row = executing.execute(actor_of(request), retrieval_id, "finish_view", expected_version(request))
    return answer(request, response, row)


@router.post("/{retrieval_id}/decline", auth=_DESK, response=RetrievalOut, operation_id="retrievals_decline")
def decline(request: HttpRequest, response: HttpResponse, retrieval_id: str, data: Reason) -> dict[str, Any]:
    """Do not hand over, and say why: for want of something, or against a complete request, which public security sees."""
    row = declining.decline(actor_of(request), retrieval_id, data.reason, expected_version(request))
    return answer(request, response, row)


@router.post("/{retrieval_id}/seal", auth=_DESK, response=RetrievalOut, operation_id="retrievals_seal")
def seal(request: HttpRequest, response: HttpResponse, retrieval_id: str, data: SealIn) -> dict[str, Any]:
    """What was handed over, with digests."""
    files = [HandedFile(**one.model_dump()) for one in data.files]
    row = executing.seal_material(actor_of(request), retrieval_id, files, expected_version(request))
    return answer(request, response, row)


@router.post("/{retrieval_id}/end", auth=_READ, response=RetrievalOut, operation_id="retrievals_end")
def end(request: HttpRequest, response: HttpResponse, retrieval_id: str, data: HandoverEndIn) -> dict[str, Any]:
    """Attest return or destruction; the second person ends it."""
    row = executing.attest_ending(actor_of(request), retrieval_id, data.event, data.file, expected_version(request))
    return answer(request, response, row)


@emergencies_router.get("/open", auth=Requires(policies.KNOW), response=list[OpenEmergencyOut],
                        operation_id="emergencies_open")  # fmt: skip
def open_emergencies(request: HttpRequest) -> list[dict[str, Any]]:
    """Those that are open for cameras of one's own unit, and which; nothing of who declared it and why."""
    return [
        {
            "kind": one.row.event_kind, "area": one.row.area, "cameras": len(one.cameras),
            "names": list(one.cameras[:NAMED_CAMERAS]), "since_s": seconds(one.row.declared_ns), "until_s": closes_s(one.row),
        }
        for one in emergencies.open_for(actor_of(request))
    ]  # fmt: skip


@emergencies_router.post("", auth=_DECLARE, response={201: RetrievalOut}, operation_id="emergencies_declare")
def declare(request: HttpRequest, response: HttpResponse, data: DeclarationIn) -> Status[dict[str, Any]]:
    """Declare an emergency: opens at once for the declarant. Takes Idempotency-Key."""
    actor = actor_of(request)

    def create() -> dict[str, Any]:
        made = emergencies.declare(actor, emergencies.NewDeclaration(**data.model_dump()))
        return whole(made, language_of(request))

    status, body = create_once(request, response, actor.user, create)
    set_etag(response, body["version"])
    return Status(status, body)


@emergencies_router.post("/{retrieval_id}/confirm", auth=_DECLARE, response=RetrievalOut,
                         operation_id="emergencies_confirm")  # fmt: skip
def confirm(request: HttpRequest, response: HttpResponse, retrieval_id: str, data: ExecutorConfirmIn) -> dict[str, Any]:
    """A second person confirms, with his second factor."""
    row = emergencies.confirm(actor_of(request), retrieval_id, data.code, expected_version(request))
    return answer(request, response, row)


@emergencies_router.post("/{retrieval_id}/end", auth=_DECLARE, response=RetrievalOut,
                         operation_id="emergencies_end")  # fmt: skip
def end_emergency(request: HttpRequest, response: HttpResponse, retrieval_id: str, data: Reason) -> dict[str, Any]:
    """End it before its expiry: what it opened is shut at once."""
    row = emergencies.end_early(actor_of(request), retrieval_id, data.reason, expected_version(request))
    return answer(request, response, row)


@emergencies_router.post("/{retrieval_id}/report", auth=_DECLARE, response=RetrievalOut,
                         operation_id="emergencies_report")  # fmt: skip
def report(request: HttpRequest, response: HttpResponse, retrieval_id: str, data: Reason) -> dict[str, Any]:
    """Report after it is over."""
    row = emergencies.report(actor_of(request), retrieval_id, data.reason, expected_version(request))
    return answer(request, response, row)
