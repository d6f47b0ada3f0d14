"""What pydantic found wrong with a request, as sentences that name the field and say what would be right."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from mingjian.kernel.text import Text
from mingjian.web.http.labels import label_of

Error = Mapping[str, Any]
Context = Mapping[str, Any]


def field_pointer(location: Sequence[str | int]) -> str:
    """The JSON pointer (RFC 6901) of an error's place: ninja's ("body", "data", "name") becomes /name."""
    parts = [str(part) for part in location]
    if parts and parts[0] in ("body", "query", "path", "header", "cookie", "form"):
        parts = parts[1:]
        if parts and parts[0] == "data":
            parts = parts[1:]
    return "".join("/" + part.replace("~", "~0").replace("/", "~1") for part in parts)


def sentence(error: Error) -> Text:
    """What is wrong, in both languages, naming the field."""
    pointer = field_pointer(error["loc"])
    make = _SENTENCES.get(str(error["type"]), _other)
    said = make(error.get("ctx") or {})
    if not pointer:
        return said
    label = label_of(pointer)
    return Text(zh=f"“{label.zh}”{said.zh}", en=f"{label.en}: {said.en}")


def _fixed(zh: str, en: str) -> Callable[[Context], Text]:
    return lambda context: Text(zh=zh, en=en)


def _with(zh: str, en: str) -> Callable[[Context], Text]:
    return lambda context: Text(zh=zh.format(**context), en=en.format(**context))


def _choices(context: Context) -> Text:
    wanted = str(context.get("expected", "")).replace(" or ", ", ").replace("'", "")
    return Text(zh=f"只能是：{wanted.replace(', ', '、')}", en=f"must be one of: {wanted}")


def _own(context: Context) -> Text:
    """A validator of ours raised ValueError("zh", "en")."""
    given: tuple[object, ...] = getattr(context.get("error"), "args", ())
    if len(given) == 2:
        return Text(zh=str(given[0]), en=str(given[1]))
    return _other(context)


def _other(context: Context) -> Text:
    return Text(zh="的值不符合要求", en="this value is not accepted")


_INTEGER = _fixed("应为整数", "must be a whole number")
_BOOLEAN = _fixed("应为 true 或 false", "must be true or false")
_TEXT = _fixed("应为文字", "must be a text")
_LIST = _fixed("应为列表", "must be a list")
_OBJECT = _fixed("应为 JSON 对象", "must be a JSON object")

_SENTENCES: dict[str, Callable[[Context], Text]] = {
    "missing": _fixed("必须填写", "must be given"),
    "extra_forbidden": _fixed("不是可用的字段，请核对拼写", "there is no such field: check the spelling"),
    "string_type": _TEXT,
    "string_unicode": _fixed("含有无效字符", "has characters that are none"),
    "nul": _fixed("请求内容含有空字符 U+0000", "the request has a NUL character (U+0000)"),
    "string_too_short": _with("至少 {min_length} 个字符", "must have at least {min_length} characters"),
    "string_too_long": _with("最多 {max_length} 个字符", "must have at most {max_length} characters"),
    "string_pattern_mismatch": _fixed("格式不正确", "does not have the right form"),
    "int_type": _INTEGER,
    "int_parsing": _INTEGER,
    "int_parsing_size": _fixed("数值过大", "is too large a number"),
    "int_from_float": _INTEGER,
    "bool_type": _BOOLEAN,
    "bool_parsing": _BOOLEAN,
    "greater_than_equal": _with("不得小于 {ge}", "must be at least {ge}"),
    "greater_than": _with("必须大于 {gt}", "must be greater than {gt}"),
    "less_than_equal": _with("不得大于 {le}", "must be at most {le}"),
    "less_than": _with("必须小于 {lt}", "must be less than {lt}"),
    "literal_error": _choices,
    "enum": _choices,
    "list_type": _LIST,
    "too_long": _with("最多 {max_length} 项", "must have at most {max_length} items"),
    "too_short": _with("至少 {min_length} 项", "must have at least {min_length} items"),
    "dict_type": _OBJECT,
    "model_type": _OBJECT,
    "model_attributes_type": _OBJECT,
    "json_invalid": _fixed("请求内容不是有效的 JSON", "the request is not valid JSON"),
    "value_error": _own,
}
