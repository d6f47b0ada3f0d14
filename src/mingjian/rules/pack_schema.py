"""Reading one TOML table with errors that name pack, clause and key. Pure: text in, checked values out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NoReturn

from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.text import Text
from mingjian.rules.law import Parameter

STATUSES = frozenset({"rule", "planned", "out_of_scope"})
CONFIDENCES = frozenset({"certain", "likely", "confirm_before_use"})
LEVELS = frozenset({"national", "municipal"})
CONDITIONS = frozenset({"always", "listed_in_sc799_article_7"})
WHOM: Mapping[str, Text] = {
    "everyone": Text(zh="任何单位和个人", en="everyone"),
    "government": Text(zh="人民政府", en="government"),
    "public_security": Text(zh="公安机关", en="public security"),
    "department": Text(zh="政府有关部门", en="government departments"),
    "building_unit": Text(zh="建设单位", en="building unit"),
    "managing_unit": Text(zh="管理单位", en="managing unit"),
    "using_unit": Text(zh="使用单位", en="using unit"),
    "contractor": Text(zh="设计、施工、维护等受托单位", en="contractor"),
    "supplier": Text(zh="产品、服务提供者", en="supplier"),
    "carrier": Text(zh="电信业务经营者", en="carrier"),
    "state_organ": Text(zh="国家机关及其工作人员", en="state organs and their staff"),
}


@dataclass(frozen=True)
class Table:
    """A TOML table together with where it stands, for its errors."""

    where: str
    values: Mapping[str, object]

    def only(self, allowed: frozenset[str]) -> None:
        """Refuse keys nobody reads: a misspelt key must not be silently ignored."""
        for key in self.values:
            if key not in allowed:
                self.fail(key, "unknown key", "不认识的键")

    def word(self, key: str, allowed: frozenset[str] | None = None) -> str:
        """A non-empty string, of `allowed` where given."""
        value = self.values.get(key)
        if not isinstance(value, str) or not value.strip():
            self.fail(key, "must be a non-empty string", "应为非空字符串")
        if allowed is not None and value not in allowed:
            self.fail(key, f"{value!r} is none of {', '.join(sorted(allowed))}", f"“{value}”不在允许的取值内")
        return value

    def whole(self, key: str, default: int | None = None, least: int = 0) -> int:
        """A whole number of at least `least`."""
        value = self.values.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            self.fail(key, f"must be a whole number of at least {least}", f"应为不小于{least}的整数")
        return value

    def flag(self, key: str) -> bool:
        """true or false."""
        value = self.values.get(key)
        if not isinstance(value, bool):
            self.fail(key, "must be true or false", "应为 true 或 false")
        return value

    def day(self, key: str) -> dt.date:
        """A local date."""
        value = self.values.get(key)
        if isinstance(value, dt.datetime) or not isinstance(value, dt.date):
            self.fail(key, "must be a date", "应为日期")
        return value

    def optional_day(self, key: str) -> dt.date | None:
        """A local date, or None where the key is absent."""
        return None if key not in self.values else self.day(key)

    def words(self, key: str, allowed: frozenset[str] | None = None) -> tuple[str, ...]:
        """A list of distinct strings; () where the key is absent."""
        value = self.values.get(key, [])
        if not isinstance(value, list) or not all(isinstance(entry, str) for entry in value):
            self.fail(key, "must be a list of strings", "应为字符串列表")
        if len(set(value)) != len(value):
            self.fail(key, "names something twice", "有重复项")
        for entry in value:
            if allowed is not None and entry not in allowed:
                self.fail(key, f"{entry!r} is unknown", f"不认识“{entry}”")
        return tuple(value)

    def text(self, key: str) -> Text:
        """A table {zh, en}."""
        value = self.values.get(key)
        if not isinstance(value, dict):
            self.fail(key, "must have zh and en", "应有 zh 和 en")
        inner = Table(f"{self.where}/{key}", value)
        inner.only(frozenset({"zh", "en"}))
        return Text(zh=inner.word("zh"), en=inner.word("en"))

    def tables(self, key: str) -> list[Table]:
        """The tables of an array of tables; [] where the key is absent."""
        value = self.values.get(key, [])
        if not isinstance(value, list) or not all(isinstance(entry, dict) for entry in value):
            self.fail(key, "must be an array of tables", "应为表数组")
        return [Table(f"{self.where}/{entry.get('key', f'{key}[{at}]')}", entry) for at, entry in enumerate(value)]

    def parameter(self, key: str) -> Parameter:
        """A parameter: true/false, whole number, word, date, list of words, or list of whole numbers."""
        value = self.values.get(key)
        if isinstance(value, dt.datetime):
            self.fail(key, "must be a date without a time", "应为不带时刻的日期")
        if isinstance(value, bool | int | str | dt.date):
            return value
        if isinstance(value, list) and value:
            if all(isinstance(entry, str) for entry in value):
                return self.words(key)
            if all(isinstance(entry, int) and not isinstance(entry, bool) for entry in value):
                return tuple(value)
        self.fail(key, "is no kind of parameter", "不是允许的参数类型")

    def fail(self, key: str, en: str, zh: str) -> NoReturn:
        """Raise MingjianError `bad_pack` naming pack, clause and key."""
        raise MingjianError(
            "bad_pack",
            Text(zh=f"规则包 {self.where}，键“{key}”：{zh}", en=f"{self.where}, key {key!r}: {en}"),
            fault=Fault.OURS,
            field=f"{self.where}/{key}",
        )
