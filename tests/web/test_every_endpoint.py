"""Every endpoint, for nobody and for each role: refused unless the table says so. The table is written by hand."""

from __future__ import annotations

from typing import Any

import pytest
from tests.web.city import City
from tests.web.client import Api

from mingjian.web.audit.models import AuditEntry
from mingjian.web.authority.actor import Actor, BoundRole, Role, nobody
from mingjian.web.authority.policy import OpenPolicy, all_policies
from mingjian.web.http.guard import Requires
from mingjian.web.urls import api

STAFF = {"admin", "operator", "viewer", "auditor"}
ALL = STAFF | {"member"}
ANYBODY = ALL | {""}
WATCHERS = {"admin", "operator", "viewer"}
MANAGERS = {"admin", "operator"}
READERS = {"admin", "auditor"}
BOUND = {role.value for role in BoundRole}
RECORD_READERS = READERS | {"organisation_admin", "approver", "inspector"}
KEEPERS = {"manager", "organisation_admin"}
RECORDERS = KEEPERS | {"officer", "planner"}
IMPORTERS = MANAGERS | KEEPERS | {"officer"}
FILING_READERS = READERS | {
    "manager", "organisation_admin", "officer", "inspector", "approver", "legal_reviewer",
}  # fmt: skip
PROJECT_READERS = READERS | {"manager", "organisation_admin", "officer", "inspector", "approver", "planner"}
SIGN_READERS = READERS | {"manager", "organisation_admin", "guard", "officer", "inspector", "approver"}
WORKS_READERS = READERS | {
    "officer", "inspector", "planner", "department_officer", "manager", "maintainer",
}  # fmt: skip
OBSTRUCTION_REPORTERS = {"manager", "guard", "maintainer", "officer", "inspector"}
RETRIEVAL_ASKERS = {"officer", "department_officer", "emergency_commander", "regulator", "custodian"}
FILE_KEEPERS = MANAGERS | KEEPERS | {"guard", "maintainer", "inspector"} | RETRIEVAL_ASKERS
LEAD_READERS = READERS | {"officer", "inspector", "approver"}
PLAN_READERS = READERS | {
    "planner", "officer", "approver", "inspector", "department_officer", "government_approver",
}  # fmt: skip
ORGANISATION_READERS = {"admin", "auditor", "operator"} | BOUND
RETRIEVAL_READERS = RETRIEVAL_ASKERS | {"auditor", "approver", "legal_reviewer", "manager"}
RELEASERS = {"custodian", "manager", "officer", "department_officer", "approver"}
DECLARANTS = {"emergency_commander", "officer"}
HOLDERS = {"custodian", "manager", "officer"}
ORGAN = {"officer", "inspector", "approver", "legal_reviewer"}
CONDUCT_READERS = READERS | KEEPERS | {"officer", "inspector"}
PROOF_READERS = READERS | {
    "operator", "manager", "organisation_admin", "custodian", "officer", "inspector", "approver", "regulator",
}  # fmt: skip
UNIT_ADMINS = {"admin", "organisation_admin"}
PERSONNEL = KEEPERS
MASK_KEEPERS = {"admin", "operator", "manager", "custodian"}
MASK_ORGAN = {"officer", "inspector", "approver"}

MAY: dict[str, set[str]] = {
    "GET /v1/setup": ANYBODY,
    "POST /v1/setup": ANYBODY,
    "POST /v1/auth/login": ANYBODY,
    "POST /v1/auth/logout": ALL,
    "GET /v1/me": ALL,
    "PATCH /v1/me": ALL,
    "POST /v1/me/password": ALL,
    "GET /v1/me/second-factor": ALL,
    "POST /v1/me/second-factor": ALL,
    "POST /v1/me/second-factor/confirm": ALL,
    "POST /v1/me/second-factor/remove": ALL,
    "POST /v1/users/{user_id}/second-factor/reset": {"admin"},
    "GET /v1/me/passkeys": ALL,
    "POST /v1/me/passkeys/begin": ALL,
    "POST /v1/me/passkeys": ALL,
    "POST /v1/me/passkeys/{passkey_id}/remove": ALL,
    "POST /v1/me/passkeys/show/begin": ALL,
    "POST /v1/me/passkeys/show": ALL,
    "GET /v1/auth/lock": ALL,
    "POST /v1/auth/lock": ALL,
    "POST /v1/auth/unlock": ALL,
    "POST /v1/auth/unlock/passkey/begin": ALL,
    "POST /v1/auth/unlock/passkey": ALL,
    "POST /v1/me/awake": ALL,
    "POST /v1/auth/passkey/begin": ANYBODY,
    "POST /v1/auth/passkey": ANYBODY,
    "GET /v1/auth/oidc": ANYBODY,
    "POST /v1/auth/oidc/begin": ANYBODY,
    "POST /v1/auth/oidc": ANYBODY,
    "POST /v1/auth/oidc/code": ANYBODY,
    "POST /v1/auth/oidc/logout": ALL,
    "GET /v1/me/identity": ALL,
    "GET /v1/users/{user_id}/identity": {"admin", "auditor"},
    "POST /v1/users/{user_id}/identity": {"admin"},
    "POST /v1/users/{user_id}/identity/unlink": {"admin"},
    "GET /v1/me/tokens": ALL,
    "GET /v1/me/tokens/scopes": ALL,
    "POST /v1/me/tokens": ALL,
    "POST /v1/me/tokens/{token_id}/revoke": ALL,
    "GET /v1/users/{user_id}/tokens": READERS,
    "POST /v1/users/{user_id}/tokens/{token_id}/revoke": {"admin"},
    "GET /v1/users": READERS,
    "POST /v1/users": {"admin"},
    "GET /v1/users/{user_id}": READERS,
    "PATCH /v1/users/{user_id}": {"admin"},
    "POST /v1/users/{user_id}/disable": {"admin"},
    "POST /v1/users/{user_id}/enable": {"admin"},
    "POST /v1/users/{user_id}/password": {"admin"},
    "GET /v1/audit": RECORD_READERS,
    "GET /v1/audit/names": RECORD_READERS,
    "GET /v1/audit/export": RECORD_READERS,
    "GET /v1/cameras": STAFF | BOUND,
    "GET /v1/cameras/named": STAFF | BOUND,
    "GET /v1/cameras/tree": STAFF | BOUND,
    "POST /v1/cameras": MANAGERS | KEEPERS,
    "POST /v1/cameras/enrol": MANAGERS | KEEPERS,
    "POST /v1/cameras/duplicates": MANAGERS | KEEPERS,
    "GET /v1/cameras/{camera_id}/file": STAFF | BOUND,
    "PATCH /v1/cameras/{camera_id}/file": MANAGERS | KEEPERS,
    "POST /v1/cameras/{camera_id}/confirm": MANAGERS | KEEPERS,
    "POST /v1/cameras/{camera_id}/code": MANAGERS | KEEPERS,
    "GET /v1/cameras/{camera_id}/history": STAFF | BOUND,
    "POST /v1/cameras/{camera_id}/memberships": MANAGERS | KEEPERS,
    "POST /v1/cameras/{camera_id}/memberships/{membership_id}/end": MANAGERS | KEEPERS,
    "GET /v1/devices": STAFF | BOUND,
    "POST /v1/devices": MANAGERS | KEEPERS,
    "GET /v1/devices/{device_id}": STAFF | BOUND,
    "PATCH /v1/devices/{device_id}": MANAGERS | KEEPERS,
    "POST /v1/devices/{device_id}/channels": MANAGERS | KEEPERS,
    "POST /v1/devices/{device_id}/channels/{channel_id}/end": MANAGERS | KEEPERS,
    "POST /v1/devices/{device_id}/replace": MANAGERS | KEEPERS,
    "POST /v1/devices/{device_id}/scrap": MANAGERS | KEEPERS,
    "GET /v1/devices/{device_id}/history": STAFF | BOUND,
    "GET /v1/map/cameras": STAFF | BOUND,
    "GET /v1/map/places": STAFF | BOUND,
    "POST /v1/cameras/test": MANAGERS,
    "POST /v1/cameras/discover": MANAGERS,
    "POST /v1/cameras/searches": MANAGERS,
    "GET /v1/cameras/searches/{search_id}": MANAGERS,
    "DELETE /v1/cameras/searches/{search_id}": MANAGERS,
    "POST /v1/cameras/streams": MANAGERS,
    "GET /v1/cameras/{camera_id}": STAFF | BOUND,
    "PATCH /v1/cameras/{camera_id}": MANAGERS | KEEPERS,
    "DELETE /v1/cameras/{camera_id}": MANAGERS | KEEPERS,
    "GET /v1/places": STAFF | BOUND,
    "GET /v1/places/vocabulary": STAFF | BOUND,
    "POST /v1/places": MANAGERS | RECORDERS,
    "GET /v1/places/{place_id}": STAFF | BOUND,
    "PATCH /v1/places/{place_id}": MANAGERS | RECORDERS,
    "DELETE /v1/places/{place_id}": MANAGERS | RECORDERS,
    "PUT /v1/places/{place_id}/kinds": MANAGERS | RECORDERS,
    "POST /v1/places/{place_id}/parts": MANAGERS | RECORDERS,
    "POST /v1/places/{place_id}/rooms": MANAGERS | RECORDERS,
    "POST /v1/places/{place_id}/duties": MANAGERS | RECORDERS,
    "POST /v1/places/{place_id}/duties/{duty_id}/end": MANAGERS | RECORDERS,
    "GET /v1/places/{place_id}/judgement": STAFF | BOUND,
    "GET /v1/systems": STAFF | BOUND,
    "POST /v1/systems": MANAGERS | KEEPERS,
    "GET /v1/systems/{system_id}": STAFF | BOUND,
    "PATCH /v1/systems/{system_id}": MANAGERS | KEEPERS,
    "DELETE /v1/systems/{system_id}": MANAGERS | KEEPERS,
    "PUT /v1/systems/{system_id}/scope": MANAGERS | KEEPERS,
    "PUT /v1/systems/{system_id}/interfaces/{platform}": MANAGERS | KEEPERS,
    "POST /v1/systems/{system_id}/parties": MANAGERS | KEEPERS,
    "POST /v1/systems/{system_id}/conformances": MANAGERS | KEEPERS,
    "POST /v1/systems/{system_id}/costs": MANAGERS | KEEPERS,
    "POST /v1/systems/{system_id}/notices": MANAGERS | KEEPERS,
    "POST /v1/systems/{system_id}/notices/{notice_id}/steps": MANAGERS | KEEPERS,
    "GET /v1/systems/{system_id}/judgement": STAFF | BOUND,
    "POST /v1/tickets": WATCHERS | BOUND,  # the camera and the law decide
    "POST /v1/tickets/renew": WATCHERS | BOUND,
    "POST /v1/tickets/revoke": MANAGERS,
    "GET /v1/looks": READERS,
    "GET /v1/layouts": ALL,
    "POST /v1/layouts": ALL,
    "PUT /v1/layouts/{layout_id}": ALL,
    "DELETE /v1/layouts/{layout_id}": ALL,
    "GET /v1/leads": LEAD_READERS,
    "GET /v1/leads/acts": LEAD_READERS,
    "GET /v1/leads/{lead_id}": LEAD_READERS,
    "POST /v1/leads": {"officer", "inspector"},
    "POST /v1/leads/{lead_id}/take": {"officer", "inspector"},
    "POST /v1/leads/{lead_id}/close": {"officer", "inspector"},
    "GET /v1/law/clauses": ALL,
    "GET /v1/law/clauses/{key}": ALL,
    "GET /v1/law/states/{table}": ALL,
    "GET /v1/law/coverage": ALL,
    "GET /v1/ledger/status": MANAGERS | {"auditor"},
    "GET /v1/filings": FILING_READERS,
    "GET /v1/filing-deadlines": FILING_READERS,
    "POST /v1/filings": {"manager"},
    "POST /v1/filings/entered": {"officer"},
    "GET /v1/filings/exchange": {"officer"},
    "POST /v1/filings/exchange": {"officer"},
    "GET /v1/filings/{filing_id}": FILING_READERS,
    "PATCH /v1/filings/{filing_id}": {"manager"},
    "POST /v1/filings/{filing_id}/submit": {"manager"},
    "POST /v1/filings/{filing_id}/withdraw": {"manager"},
    "POST /v1/filings/{filing_id}/return": {"officer"},
    "POST /v1/filings/{filing_id}/register": {"officer"},
    "POST /v1/filings/{filing_id}/close": {"officer"},
    "GET /v1/filings/{filing_id}/papers/{paper_id}.pdf": FILING_READERS,
    "GET /v1/todo": ALL,
    "GET /v1/removals": FILING_READERS,
    "POST /v1/removals": {"manager"},
    "GET /v1/removals/{removal_id}": FILING_READERS,
    "PATCH /v1/removals/{removal_id}": {"manager"},
    "POST /v1/removals/{removal_id}/step": {"manager"},
    "GET /v1/projects": PROJECT_READERS,
    "POST /v1/projects": {"manager"},
    "POST /v1/projects/templates/check": {"manager", "officer", "planner", "department_officer"},
    "GET /v1/projects/{project_id}": PROJECT_READERS,
    "PATCH /v1/projects/{project_id}": {"manager"},
    "POST /v1/projects/{project_id}/step": {"manager"},
    "GET /v1/public/districts": ANYBODY,
    "POST /v1/public/reports": ANYBODY,
    "GET /v1/public/reports/{receipt}": ANYBODY,
    "GET /v1/public/signs/{sign_id}": ANYBODY,
    "POST /v1/public/pictures": ANYBODY,
    "GET /v1/system/status": MANAGERS | {"auditor"},
    "GET /v1/system/volumes": MANAGERS | {"auditor"},
    "POST /v1/system/confirm-time": {"admin"},
    "GET /v1/plans": PLAN_READERS,
    "POST /v1/plans": {"planner"},
    "GET /v1/plans/{plan_id}": PLAN_READERS,
    "PATCH /v1/plans/{plan_id}": {"planner"},
    "POST /v1/plans/{plan_id}/step": PLAN_READERS,
    "GET /v1/plans/{plan_id}/cost": PLAN_READERS,
    "GET /v1/plans/{plan_id}/points": PLAN_READERS,
    "POST /v1/plans/{plan_id}/points": {"planner"},
    "PATCH /v1/plans/{plan_id}/points/{point_id}": {"planner"},
    "POST /v1/plans/{plan_id}/points/{point_id}/drop": {"planner"},
    "GET /v1/planning/gaps": PLAN_READERS | {"regulator", "manager"},
    "GET /v1/planning/gaps/summary": PLAN_READERS | {"regulator", "manager"},
    "POST /v1/planning/check": {"planner"},
    "GET /v1/planning/additional": PLAN_READERS,
    "POST /v1/planning/additional": {"planner"},
    "POST /v1/planning/additional/{row_id}/approve": {"government_approver"},
    "GET /v1/coordination/mechanisms": PLAN_READERS,
    "PUT /v1/coordination/mechanisms/{organisation_id}": {"government_approver"},
    "GET /v1/coordination/tasks": PLAN_READERS,
    "POST /v1/coordination/tasks": {"planner", "officer", "government_approver"},
    "POST /v1/coordination/tasks/{task_id}/answer": {"department_officer"},
    "POST /v1/coordination/tasks/{task_id}/withdraw": {"planner", "officer", "government_approver"},
    "GET /v1/divisions": ALL,
    "POST /v1/divisions": {"admin"},
    "POST /v1/divisions/load": {"admin"},
    "GET /v1/divisions/{division_id}": ALL,
    "POST /v1/divisions/{division_id}/rename": {"admin"},
    "POST /v1/divisions/{division_id}/merge": {"admin"},
    "GET /v1/organisations": ORGANISATION_READERS,
    "POST /v1/organisations": UNIT_ADMINS,
    "POST /v1/organisations/succession": {"admin"},
    "GET /v1/organisations/{organisation_id}": ORGANISATION_READERS,
    "PATCH /v1/organisations/{organisation_id}": UNIT_ADMINS,
    "POST /v1/organisations/{organisation_id}/rename": UNIT_ADMINS,
    "POST /v1/organisations/{organisation_id}/move": {"admin"},
    "POST /v1/organisations/{organisation_id}/dissolve": {"admin"},
    "GET /v1/people": READERS | PERSONNEL,
    "POST /v1/people": UNIT_ADMINS,
    "GET /v1/people/{person_id}": READERS | PERSONNEL,
    "PATCH /v1/people/{person_id}": UNIT_ADMINS,
    "GET /v1/posts": READERS | PERSONNEL,
    "POST /v1/posts": UNIT_ADMINS,
    "GET /v1/posts/holders": ORGANISATION_READERS,
    "POST /v1/posts/{post_id}/end": UNIT_ADMINS,
    "POST /v1/posts/{post_id}/appointments": UNIT_ADMINS,
    "POST /v1/appointments/{appointment_id}/end": UNIT_ADMINS,
    "GET /v1/bindings": READERS | {"organisation_admin"},
    "POST /v1/bindings": UNIT_ADMINS,
    "POST /v1/bindings/{binding_id}/end": UNIT_ADMINS,
    "GET /v1/grants": READERS,
    "POST /v1/grants": {"admin"},
    "POST /v1/grants/{grant_id}/end": {"admin"},
    "GET /v1/agreements": READERS | PERSONNEL,
    "POST /v1/agreements": {"admin"} | PERSONNEL,
    "POST /v1/agreements/{agreement_id}/people": {"admin"} | PERSONNEL,
    "POST /v1/agreements/{agreement_id}/end": {"admin"} | PERSONNEL,
    "GET /v1/who-may": READERS | BOUND,
    "GET /v1/qualifications": ORGANISATION_READERS,
    "POST /v1/qualifications": UNIT_ADMINS,
    "POST /v1/leads/{lead_id}/judge": {"officer", "inspector"},
    "GET /v1/leads/{lead_id}/judgements": LEAD_READERS,
    "GET /v1/area-inspections": STAFF | BOUND,
    "GET /v1/area-inspections/due": MANAGERS | KEEPERS | {"guard"},
    "POST /v1/area-inspections": MANAGERS | KEEPERS | {"guard"},
    "POST /v1/filings/{filing_id}/verify": {"officer", "inspector"},
    "GET /v1/monitoring/staff": CONDUCT_READERS,
    "PUT /v1/monitoring/staff/{user_id}": {"admin"} | KEEPERS,
    "GET /v1/monitoring/rooms": CONDUCT_READERS | {"guard"},
    "POST /v1/monitoring/rooms": {"admin"} | KEEPERS,
    "POST /v1/monitoring/rooms/{room_id}/access": {"admin"} | KEEPERS,
    "POST /v1/monitoring/rooms/{room_id}/access/{access_id}/end": {"admin"} | KEEPERS,
    "GET /v1/monitoring/rooms/{room_id}/entries": CONDUCT_READERS | {"guard"},
    "POST /v1/monitoring/rooms/{room_id}/entries/{entry_id}/leave": {"admin", "guard"} | KEEPERS,
    "POST /v1/monitoring/rooms/{room_id}/entries": {"admin", "guard"} | KEEPERS,
    "GET /v1/monitoring/changes": CONDUCT_READERS,
    "POST /v1/monitoring/changes": {"admin", "guard", "maintainer", "officer", "inspector"} | KEEPERS,
    "POST /v1/monitoring/changes/{change_id}/decide": KEEPERS,
    "GET /v1/monitoring/view-audits": CONDUCT_READERS,
    "POST /v1/monitoring/view-audits": {"admin", "guard", "maintainer", "officer", "inspector"} | KEEPERS,
    "GET /v1/monitoring/bulk-alarms": CONDUCT_READERS,
    "GET /v1/masks": {"admin", "operator", "auditor", "manager", "custodian", "guard", "organisation_admin"}
    | MASK_ORGAN,
    "POST /v1/masks": MASK_KEEPERS,
    "POST /v1/masks/{mask_id}/confirm": MASK_KEEPERS,
    "POST /v1/masks/{mask_id}/withdraw": MASK_KEEPERS,
    "POST /v1/masks/{mask_id}/withdraw/confirm": MASK_KEEPERS,
    "POST /v1/masks/{mask_id}/withdraw/drop": MASK_KEEPERS,
    "GET /v1/mask-positions": {"admin", "operator", "auditor", "manager", "custodian", "guard", "organisation_admin"}
    | MASK_ORGAN,
    "POST /v1/mask-positions": MASK_KEEPERS,
    "POST /v1/mask-positions/{position_id}/confirm": MASK_KEEPERS,
    "POST /v1/mask-positions/{position_id}/withdraw": MASK_KEEPERS,
    "GET /v1/mask-lifts": {"admin", "operator", "viewer"} | BOUND,
    "POST /v1/mask-lifts": {"admin", "operator", "viewer"} | BOUND,
    "POST /v1/mask-lifts/{lift_id}/grant": MASK_KEEPERS,
    "POST /v1/mask-lifts/{lift_id}/refuse": MASK_KEEPERS,
    "POST /v1/mask-lifts/{lift_id}/end": {"admin", "operator", "viewer"} | BOUND,
    "GET /v1/retention/proofs": PROOF_READERS,
    "GET /v1/retention/unproved": PROOF_READERS,
    "GET /v1/retention/completeness": PROOF_READERS,
    "GET /v1/retention/proofs/{camera_id}/{day}": PROOF_READERS,
    "GET /v1/retention/proofs/{camera_id}/{day}/file": PROOF_READERS,
    "GET /v1/retention/orders": READERS | ORGAN | {"manager", "custodian"},
    "POST /v1/retention/orders": ORGAN,
    "POST /v1/retention/orders/{order_id}/confirm": ORGAN,
    "POST /v1/retention/orders/{order_id}/withdraw": ORGAN,
    "GET /v1/retention/deletion-due": PROOF_READERS,
    "PUT /v1/retention/purposes/{camera_id}": {"admin"} | KEEPERS,
    "PUT /v1/retention/profiles/{system_id}": {"admin"} | KEEPERS,
    "GET /v1/signs": SIGN_READERS,
    "GET /v1/signs/due": SIGN_READERS,
    "POST /v1/signs": {"manager"},
    "GET /v1/signs/{sign_id}": SIGN_READERS,
    "PATCH /v1/signs/{sign_id}": {"manager"},
    "POST /v1/signs/{sign_id}/seen": {"manager", "guard", "officer", "inspector"},
    "POST /v1/signs/{sign_id}/remove": {"manager"},
    "GET /v1/signs/{sign_id}/sign.pdf": SIGN_READERS,
    "POST /v1/files": FILE_KEEPERS,
    "GET /v1/files": STAFF | BOUND,
    "GET /v1/files/{file_id}": STAFF | BOUND,
    "GET /v1/files/{file_id}/content": STAFF | BOUND,
    "POST /v1/files/{file_id}/remove": FILE_KEEPERS,
    "GET /v1/imports/template": IMPORTERS,
    "POST /v1/imports": IMPORTERS,
    "GET /v1/imports": IMPORTERS,
    "GET /v1/imports/{import_id}": IMPORTERS,
    "GET /v1/imports/{import_id}/rows": IMPORTERS,
    "POST /v1/imports/{import_id}/apply": IMPORTERS,
    "POST /v1/imports/{import_id}/undo": IMPORTERS,
    "POST /v1/imports/{import_id}/drop": IMPORTERS,
    "GET /v1/exports/{objects}": MANAGERS | {"auditor"} | RECORDERS,
    "GET /v1/works": WORKS_READERS,
    "POST /v1/works": {"officer", "planner", "department_officer"},
    "GET /v1/works/{works_id}": WORKS_READERS,
    "POST /v1/works/{works_id}/look": {"officer", "inspector", "manager", "maintainer"},
    "POST /v1/works/{works_id}/end": {"officer", "planner", "department_officer"},
    "GET /v1/obstructions": READERS | OBSTRUCTION_REPORTERS,
    "POST /v1/obstructions": OBSTRUCTION_REPORTERS,
    "GET /v1/obstructions/{case_id}": READERS | OBSTRUCTION_REPORTERS,
    "POST /v1/obstructions/{case_id}/step": OBSTRUCTION_REPORTERS,
    "POST /v1/retrievals/check": RETRIEVAL_ASKERS,
    "POST /v1/retrievals/cameras": RETRIEVAL_ASKERS,
    "GET /v1/retrievals/bodies": RETRIEVAL_ASKERS,
    "GET /v1/retrievals/{retrieval_id}/judgements": RETRIEVAL_READERS,
    "GET /v1/retrievals/{retrieval_id}/supervisors": RETRIEVAL_READERS,
    "GET /v1/retrievals/{retrieval_id}/attachments/{part}": RETRIEVAL_READERS,
    "GET /v1/retrievals": RETRIEVAL_READERS,
    "POST /v1/retrievals": RETRIEVAL_ASKERS,
    "GET /v1/retrievals/{retrieval_id}": RETRIEVAL_READERS,
    "GET /v1/retrievals/{retrieval_id}/documents/{kind}.pdf": RETRIEVAL_READERS,
    "PATCH /v1/retrievals/{retrieval_id}": RETRIEVAL_ASKERS,
    "POST /v1/retrievals/{retrieval_id}/submit": RETRIEVAL_ASKERS,
    "POST /v1/retrievals/{retrieval_id}/withdraw": RETRIEVAL_ASKERS,
    "POST /v1/retrievals/{retrieval_id}/escalate": RETRIEVAL_ASKERS,
    "POST /v1/retrievals/{retrieval_id}/coordinate": {"officer", "approver"},
    "POST /v1/retrievals/{retrieval_id}/approve": RETRIEVAL_READERS,  # who decides depends on the way
    "POST /v1/retrievals/{retrieval_id}/return": RETRIEVAL_READERS,
    "POST /v1/retrievals/{retrieval_id}/refuse": RETRIEVAL_READERS,
    "POST /v1/retrievals/{retrieval_id}/uphold": RETRIEVAL_READERS,
    "POST /v1/retrievals/{retrieval_id}/executors": RETRIEVAL_ASKERS,
    "POST /v1/retrievals/{retrieval_id}/visitors": {"custodian"},
    "POST /v1/retrievals/{retrieval_id}/visitors/undertaking": {"custodian"},
    "POST /v1/retrievals/{retrieval_id}/present": {"custodian"},
    "POST /v1/retrievals/{retrieval_id}/undertaking": RETRIEVAL_ASKERS,
    "POST /v1/retrievals/{retrieval_id}/register": {"custodian"},
    "POST /v1/retrievals/{retrieval_id}/execute": {"custodian"},
    "POST /v1/retrievals/{retrieval_id}/finish": {"custodian"},
    "GET /v1/retrievals/{retrieval_id}/releases": RETRIEVAL_READERS,
    "POST /v1/retrievals/{retrieval_id}/releases": RELEASERS,
    "POST /v1/releases/{release_id}/check": RELEASERS,
    "POST /v1/retrievals/{retrieval_id}/decline": {"custodian"},
    "POST /v1/retrievals/{retrieval_id}/seal": {"custodian"},
    "POST /v1/retrievals/{retrieval_id}/end": RETRIEVAL_READERS,
    "GET /v1/retrievals/{retrieval_id}/packages": RETRIEVAL_READERS,
    "POST /v1/retrievals/{retrieval_id}/packages": {"custodian"},
    "POST /v1/retrievals/{retrieval_id}/packages/{package_id}/cancel": {"custodian"},
    "GET /v1/retrievals/{retrieval_id}/packages/{package_id}/content": RETRIEVAL_READERS,
    "GET /v1/retrievals/{retrieval_id}/copies": RETRIEVAL_READERS,
    "POST /v1/retrievals/{retrieval_id}/packages/{package_id}/copies": {"custodian"},
    "POST /v1/retrievals/{retrieval_id}/copies/{copy_id}/cancel": {"custodian"},
    "GET /v1/retrievals/{retrieval_id}/copies/{copy_id}/content": RETRIEVAL_READERS,
    "GET /v1/retrievals/{retrieval_id}/redactions": RETRIEVAL_READERS,
    "GET /v1/retrievals/{retrieval_id}/redactions/{redaction_id}": RETRIEVAL_READERS,
    "POST /v1/retrievals/{retrieval_id}/packages/{package_id}/redactions": RELEASERS,
    "PUT /v1/retrievals/{retrieval_id}/redactions/{redaction_id}/regions": RELEASERS,
    "POST /v1/retrievals/{retrieval_id}/redactions/{redaction_id}/order": RELEASERS,
    "POST /v1/retrievals/{retrieval_id}/redactions/{redaction_id}/cancel": RELEASERS,
    "GET /v1/retrievals/{retrieval_id}/redactions/{redaction_id}/work/{name}": RELEASERS,
    "GET /v1/retrievals/{retrieval_id}/redactions/{redaction_id}/films/{name}": RELEASERS,
    "GET /v1/retrievals/{retrieval_id}/redactions/{redaction_id}/content": RELEASERS,
    "GET /v1/emergencies/open": {"guard", "manager", "custodian"},
    "POST /v1/emergencies": DECLARANTS,
    "POST /v1/emergencies/{retrieval_id}/confirm": DECLARANTS,
    "POST /v1/emergencies/{retrieval_id}/end": DECLARANTS,
    "POST /v1/emergencies/{retrieval_id}/report": DECLARANTS,
    "GET /v1/holds": READERS | HOLDERS | {"approver"},
    "POST /v1/holds": HOLDERS,
    "POST /v1/holds/{hold_id}/release": HOLDERS,
    "GET /v1/zones": {"approver"},
    "POST /v1/zones": {"approver"},
    "POST /v1/zones/{zone_id}/remove": {"approver"},
}


def guards() -> dict[str, Requires]:
    """The guard of every endpoint the API has."""
    found: dict[str, Requires] = {}
    for bound in api._get_bound_routers():
        for path, view in bound.path_operations.items():
            for operation in view.operations:
                (guard,) = operation.auth_callbacks
                for method in operation.methods:
                    found[f"{method} {bound.prefix}{path}"] = guard
    return found


def test_the_table_names_every_endpoint() -> None:
    assert set(guards()) == set(MAY)


@pytest.mark.parametrize("endpoint", sorted(MAY))
def test_who_may_is_what_the_table_says(endpoint: str) -> None:
    who = guards()[endpoint].policy.who_may()
    told = ANYBODY if who.anybody else who.roles - {"local"}
    assert told == MAY[endpoint]


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["", *sorted(ALL)])
def test_each_role_at_every_endpoint(role: str, make_user: Any) -> None:
    user = make_user("person", role) if role else None
    make_user("keeper", "admin")
    browser = Api(user)
    for endpoint, roles in MAY.items():
        method, _, path = endpoint.partition(" ")
        browser.send(method, path.removeprefix("/v1").replace("{", "").replace("}", ""))
        status = browser.last.status_code
        if role in roles:
            assert status in (200, 201, 204, 404, 409, 422, 428), f"{endpoint} {role}: {status}"
        else:
            assert status == (403 if role else 401), f"{endpoint} {role}: {status}"
            assert browser.last["Content-Type"] == "application/problem+json"
        if "/auth/" in endpoint:  # he may have signed out
            browser = Api(user)
    denied = AuditEntry.objects.filter(action="authority.refused", outcome="denied")
    assert denied.count() == (sum(role not in roles for roles in MAY.values()) if role else 0)


@pytest.mark.parametrize("role", BoundRole)
def test_each_bound_role_at_every_endpoint(role: BoundRole, city: City) -> None:
    browser = city.browser(role)
    for endpoint, roles in MAY.items():
        if endpoint in ("POST /v1/auth/logout", "POST /v1/auth/oidc/logout"):
            continue
        method, _, path = endpoint.partition(" ")
        browser.send(method, path.removeprefix("/v1").replace("{", "").replace("}", ""))
        status = browser.last.status_code
        if role.value in roles or "member" in roles:
            assert status in (200, 201, 204, 404, 409, 422, 428), f"{endpoint} {role}: {status}"
        else:
            assert status == 403, f"{endpoint} {role}: {status}"


def test_nothing_changes_without_the_csrf_token(admin: Api) -> None:
    for endpoint in (key for key in MAY if not key.startswith("GET")):
        method, _, path = endpoint.partition(" ")
        problem = admin.send(method, path.removeprefix("/v1"), {}, X_CSRFToken="x" * 32)
        assert (admin.last.status_code, problem["code"]) == (403, "csrf_failed"), endpoint
    admin.get("/me")


@pytest.mark.parametrize("policy", all_policies(), ids=lambda policy: policy.name)
def test_who_may_agrees_with_what_is_allowed(policy: Any) -> None:
    who = policy.who_may()
    for role in Role:
        actor = Actor("someone", "Someone", "", role.value)
        assert policy.allows(actor) == (who.anybody or role.value in who.roles)
    assert policy.allows(nobody()) == who.anybody
    assert who.anybody == isinstance(policy, OpenPolicy)


@pytest.mark.parametrize("policy", all_policies(), ids=lambda policy: policy.name)
def test_an_unknown_role_may_nothing(policy: Any) -> None:
    actor = Actor("someone", "Someone", "", "janitor")
    if not isinstance(policy, OpenPolicy) and policy.name not in _EVERYBODYS:
        assert not policy.allows(actor)


_EVERYBODYS = {
    "accounts.own", "accounts.own_lock", "accounts.own_password", "accounts.own_second_factor", "accounts.own_tokens", "accounts.sign_out",
    "law.read", "organisations.divisions_read", "viewing.layouts", "viewing.own_layout",
    "todo.own",
}  # fmt: skip
