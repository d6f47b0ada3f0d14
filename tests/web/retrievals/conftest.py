"""Cameras of the mall, people of each body, files, and second factors for the stories of retrieval."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from typing import Any

import pytest
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from tests.web.city import PASSWORD, City, as_actor
from tests.web.client import Api

from mingjian.kernel.clock import ManualClock
from mingjian.kernel.ids import new_id
from mingjian.web.accounts.models import User
from mingjian.web.accounts.second_factor import begin_enrolment, finish_enrolment
from mingjian.web.authority.actor import BoundRole
from mingjian.web.files.models import StoredFile
from mingjian.web.registry.models import Camera

HOUR = 3600


@dataclass
class Town:
    """The city with cameras at the mall's gate and people who can confirm themselves."""

    city: City
    clock: ManualClock
    keys: dict[str, bytes] = field(default_factory=dict)

    @property
    def now_s(self) -> int:
        return self.clock.now_ns() // 10**9

    def person(self, name: str, organisation: str, role: BoundRole, post: str = "other") -> User:
        """A new person with one role and one post there."""
        user = self.city.new_user(name, organisation)
        self.city.appoint(user, organisation, post)
        self.city.bind(user, organisation, role)
        return user

    def code(self, user: User) -> str:
        """A code that was not used yet: enrols him first, and lets a step of the clock pass."""
        if user.id not in self.keys:
            key, _ = begin_enrolment(as_actor(user), PASSWORD)
            self.keys[user.id] = base64.b32decode(key)
            finish_enrolment(as_actor(user), self._generate(user))
        self.clock.advance(30 * 10**9)
        return self._generate(user)

    def camera(self, name: str, organisation: str = "mall", lon: float = 120.38, lat: float = 36.06) -> Camera:
        """A camera that looks 30 m around itself."""
        division = self.city.organisation[organisation].division_id
        return Camera.objects.create(
            id=name, name=name, keep_days=30, planned_from_ns=0, organisation_id=organisation, division_id=division,
            lon_e7=round(lon * 1e7), lat_e7=round(lat * 1e7), view_angle_deg=360, view_distance_m=30, created_ns=0,
        )  # fmt: skip

    def file(self, organisation: str = "mall", kind: str = "retrieval") -> str:
        """A file that somebody handed in for this organisation."""
        now_ns = self.clock.now_ns()
        return StoredFile.objects.create(
            id=new_id(now_ns), sha256="ab" * 32, media_type="application/pdf", bytes=1, name="x.pdf",
            subject_kind=kind, created_ns=now_ns, organisation_id=organisation,
        ).id  # fmt: skip

    def request(self, **values: Any) -> dict[str, Any]:
        """A body for POST /retrievals: theft at the mall's gate, last hour, to be copied."""
        span = {"camera": "gate", "from_s": self.now_s - HOUR, "to_s": self.now_s}
        return {
            "way": "public_security", "organisation": "east-station", "spans": [span], "purpose": "查找盗窃嫌疑人",
            "case": "湖刑立〔2027〕12号", "legal_basis": "刑事诉讼法第五十四条", "duty": "law_enforcement", "form": "copy",
            **values,
        }  # fmt: skip

    def _generate(self, user: User) -> str:
        return TOTP(self.keys[user.id], 6, SHA1(), 30).generate(self.clock.now_ns() // 10**9).decode()


def go(api: Api, row: dict[str, Any], verb: str, body: Any = None, status: int = 200, under: str = "retrievals") -> Any:
    """One step with the version that was seen."""
    tag = f'"v{row["version"]}"'
    return api.post(f"/{under}/{row['id']}/{verb}", body, status=status, If_Match=tag)


@pytest.fixture
def town(city: City, clock: ManualClock) -> Town:
    made = Town(city, clock)
    made.camera("gate")
    made.camera("hall")
    return made
