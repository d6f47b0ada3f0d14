"""What is wrong with a request, in a sentence that names the field, in the reader's language."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import pydantic
import pytest
from django.db import OperationalError
from ninja import Field, Schema
from tests.web.client import Api

from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.text import Text
from mingjian.web.http.labels import label_of
from mingjian.web.http.validation import field_pointer, sentence

pytestmark = pytest.mark.django_db


class Sample(Schema):
    model_config = pydantic.ConfigDict(extra="forbid")

    name: Annotated[str, Field(min_length=2, max_length=4, pattern="^[a-z]*$")] = "ab"
    priority: Annotated[int, Field(ge=1, le=9)] = 1
    open_low: Annotated[int, Field(gt=1, lt=9)] = 2
    enabled: bool = True
    transport: Literal["tcp", "udp"] = "tcp"
    tiles: Annotated[list[int], Field(min_length=1, max_length=2)] = [1]  # noqa: RUF012


@pytest.mark.parametrize(
    ("value", "zh", "en"),
    [
        ({"name": 1}, "“名称”应为文字", "name: must be a text"),
        ({"name": "a"}, "“名称”至少 2 个字符", "name: must have at least 2 characters"),
        ({"name": "abcde"}, "“名称”最多 4 个字符", "name: must have at most 4 characters"),
        ({"name": "A1"}, "“名称”格式不正确", "name: does not have the right form"),
        ({"priority": 0}, "“优先级”不得小于 1", "priority: must be at least 1"),
        ({"priority": 10}, "“优先级”不得大于 9", "priority: must be at most 9"),
        ({"priority": "x"}, "“优先级”应为整数", "priority: must be a whole number"),
        ({"priority": 1.5}, "“优先级”应为整数", "priority: must be a whole number"),
        ({"priority": []}, "“优先级”应为整数", "priority: must be a whole number"),
        ({"open_low": 1}, "“open_low”必须大于 1", "open_low: must be greater than 1"),
        ({"open_low": 9}, "“open_low”必须小于 9", "open_low: must be less than 9"),
        ({"enabled": "perhaps"}, "“启用”应为 true 或 false", "enabled: must be true or false"),
        ({"enabled": []}, "“启用”应为 true 或 false", "enabled: must be true or false"),
        ({"transport": "smoke"}, "“传输方式”只能是：tcp、udp", "transport: must be one of: tcp, udp"),
        ({"tiles": 3}, "“画面”应为列表", "tiles: must be a list"),
        ({"tiles": []}, "“画面”至少 1 项", "tiles: must have at least 1 items"),
        ({"tiles": [1, 2, 3]}, "“画面”最多 2 项", "tiles: must have at most 2 items"),
        ({"tiles": [1, "x"]}, "“画面第 2 项”应为整数", "tiles item 2: must be a whole number"),
        ({"colour": 1}, "“colour”不是可用的字段，请核对拼写", "colour: there is no such field: check the spelling"),
    ],
)
def test_sentences(value: dict[str, Any], zh: str, en: str) -> None:
    with pytest.raises(pydantic.ValidationError) as raised:
        Sample.model_validate(value)
    assert sentence(raised.value.errors()[0]) == Text(zh=zh, en=en)


def test_an_error_we_have_no_words_for_still_names_its_field() -> None:
    said = sentence({"type": "frozen_field", "loc": ("body", "data", "name")})
    assert (said.zh, said.en) == ("“名称”的值不符合要求", "name: this value is not accepted")


@pytest.mark.parametrize(
    ("location", "pointer"),
    [(("body", "data", "tiles", 0, "camera"), "/tiles/0/camera"), (("query", "limit"), "/limit"), (("body",), ""),
     (("body", "data"), ""), (("body", "data", "a/b~c"), "/a~1b~0c")],
)  # fmt: skip
def test_pointers(location: tuple[str | int, ...], pointer: str) -> None:
    assert field_pointer(location) == pointer


def test_labels_of_what_has_none() -> None:
    assert label_of("") == Text(zh="", en="")
    assert label_of("/0/x") == Text(zh="x", en="x")


def test_the_whole_problem(admin: Api) -> None:
    problem = admin.post("/cameras", {"name": "", "priority": 11}, status=422)
    assert admin.last["Content-Type"] == "application/problem+json"
    assert (problem["type"], problem["title"], problem["status"]) == (
        "urn:mingjian:problem:invalid", "Input not accepted", 422,
    )  # fmt: skip
    assert problem["request"] == admin.last["X-Request-Id"]
    assert {error["field"] for error in problem["errors"]} == {"/name", "/url", "/priority"}
    assert problem["field"] == problem["errors"][0]["field"]


@pytest.mark.parametrize(
    ("accept", "title"),
    [("zh-CN,en;q=0.5", "没有找到"), ("en", "Not found"), ("de, en-GB;q=0.8, zh;q=0.7", "Not found"),
     ("fr", "没有找到"), ("", "没有找到"), ("en;q=0, zh;q=0.1", "没有找到"), ("en;q=x", "没有找到")],
)  # fmt: skip
def test_the_browsers_language(accept: str, title: str) -> None:
    api = Api(language=accept)
    assert api.get("/nothing-here", status=404)["title"] == title


def test_a_users_own_setting_comes_first(admin: Api) -> None:
    admin.patch("/me", {"language": "zh"})
    assert admin.get("/cameras/none", status=404)["detail"] == "没有这台摄像机"
    assert admin.last["Content-Language"] == "zh"


@pytest.mark.parametrize("body", ["{", "", "[]", "nonsense", '{"name": "\\ud800"}', "\x00"])
def test_a_body_that_is_no_json_object(admin: Api, body: str) -> None:
    token = admin.client.cookies["csrftoken"].value
    response = admin.client.post(
        "/api/v1/cameras", body, content_type="application/json", headers={"X-CSRFToken": token}
    )
    assert response.status_code == 422
    assert response.json()["code"] == "invalid"
    assert response["Content-Type"] == "application/problem+json"


def test_a_body_that_is_too_large(admin: Api) -> None:
    assert admin.post("/cameras", {"name": "x" * (1 << 20)}, status=413)["code"] == "body_too_large"


def test_a_method_that_is_not_possible(admin: Api) -> None:
    problem = admin.put("/cameras", {}, status=405)
    assert problem["code"] == "method_not_allowed"
    assert set(admin.last["Allow"].split(", ")) == {"GET", "POST"}
    assert admin.last["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("host", "status"),
    [("evil.example", 400), ("testserver", 200), ("video.city.example:8443", 200), ("192.168.1.5:8000", 200),
     ("[fd00::5]:8000", 200), ("localhost", 200), ("192.168.1.5.evil.example", 400), ("a b", 400), ("", 400)],
)  # fmt: skip
def test_only_hosts_of_ours_are_answered(admin: Api, host: str, status: int) -> None:
    response = admin.client.get("/api/v1/me", headers={"host": host})
    assert response.status_code == status
    if status == 400:
        assert response.json()["code"] == "bad_request"
        assert response["X-Request-Id"] == response.json()["request"]


def test_a_crash_is_told_without_its_inside(admin: Api, engine, caplog) -> None:
    def broken() -> None:
        raise ZeroDivisionError("secret inside")

    engine.status = broken
    problem = admin.get("/system/status", status=500)
    assert (problem["code"], problem["fault"]) == ("internal", "ours")
    assert "secret inside" not in admin.last.content.decode()
    assert any(problem["request"] in record.getMessage() for record in caplog.records)


def test_a_database_that_is_away(admin: Api, engine) -> None:
    def locked() -> None:
        raise OperationalError("database is locked")

    engine.status = locked
    problem = admin.get("/system/status", status=503)
    assert (problem["code"], problem["fault"]) == ("database_away", "environment")


def test_whose_fault_decides_the_status(admin: Api, engine) -> None:
    for fault, status in ((Fault.USER, 422), (Fault.PEER, 502), (Fault.ENVIRONMENT, 503), (Fault.OURS, 500)):

        def fail(fault: Fault = fault) -> None:
            raise MingjianError("something", Text(zh="某事", en="something"), fault=fault, field="a.b")

        engine.status = fail
        assert admin.get("/system/status", status=status)["field"] == "/a/b"


def test_answers_are_for_no_cache_no_frame_no_script(admin: Api) -> None:
    for path in ("/me", "/cameras", "/none"):
        admin.send("GET", path)
        assert admin.last["Cache-Control"] == "no-store"
        assert "default-src 'none'" in admin.last["Content-Security-Policy"]
        assert "unsafe" not in admin.last["Content-Security-Policy"]
        assert admin.last["X-Content-Type-Options"] == "nosniff"


def test_a_refusal_says_who_may(viewer: Api) -> None:
    problem = viewer.get("/audit", status=403)
    assert problem["detail"] == "you do not have the right to read the audit record"
    within = "within their own organisation or district: administrator of an organisation, "
    within += "person in charge of a public security organ, inspector"
    assert problem["remedy"] == f"roles that have it: administrator, auditor; {within}; ask the administrator"
    viewer.patch("/me", {"language": "zh"})
    problem = viewer.get("/audit", status=403)
    assert problem["detail"] == "您没有“查阅审计记录”的权限"
    within = "在本单位或者辖区范围内有此权限：单位管理员、公安机关负责人、检查人员"
    assert problem["remedy"] == f"有此权限的角色：管理员、审计员；{within}；如工作需要，请联系管理员"


def test_nul_is_refused_by_name(admin: Api) -> None:
    assert admin.post("/cameras", {"name": "a\u0000"}, status=422)["detail"].endswith("NUL character (U+0000)")
    assert admin.get("/cameras?text=%00", status=400)["code"] == "bad_request"
    assert admin.get("/cameras/%00", status=400)["code"] == "bad_request"
