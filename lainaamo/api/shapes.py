"""The shape of what programs send and get: one dataclass checks it, writes it and documents it.

A field says what it may be by its type and an `About`. What may be left out has a default; in an
answer it is left out where it is None.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import MISSING, Field, dataclass, fields, is_dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from lainaamo.core.addresses import LARGEST_ID
from lainaamo.core.errors import N_
from lainaamo.core.i18n import gettext as _

LONGEST_TEXT = 200
NO_NUL = r"^[^\x00]*$"
DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
WHOLE = re.compile(r"-?\d{1,18}", re.ASCII)
FLAGS = {"true": True, "false": False}
AN_ID = {"type": "integer", "minimum": 1, "maximum": LARGEST_ID}


@dataclass(frozen=True, slots=True)
class About:
    """What a field is, for the reader, and its bounds: of a number, or how long text or list is."""

    text: str
    least: int | None = None
    most: int | None = None
    example: Any = None


class Unfit(Exception):  # noqa: N818 - an answer, not a fault
    """What was sent has not the shape that is asked for: one message for each field."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__(errors)
        self.errors = errors


@dataclass(frozen=True, slots=True)
class Part:
    """One field of a shape, taken apart."""

    name: str
    hint: Any
    type: Any
    about: About | None
    default: Any
    is_needed: bool


@lru_cache(maxsize=256)
def parts(shape: type) -> Sequence[Part]:
    """Return the fields of a shape."""
    hints = get_type_hints(shape, include_extras=True)
    return [_part(one, hints[one.name]) for one in fields(shape)]


def _part(field: Field[Any], hint: Any) -> Part:
    kind, about = apart(hint)
    return Part(field.name, hint, kind, about, field.default, field.default is MISSING)


def apart(hint: Any) -> tuple[Any, About | None]:
    """Return a type and what is said about it."""
    if get_origin(hint) is not Annotated:
        return hint, None
    kind, *said = get_args(hint)
    return kind, next((one for one in said if isinstance(one, About)), None)


# Reading


def read(shape: type, given: Any, *, at: str = "") -> Any:
    """Return what was sent as a shape; every field that is wrong is told at once."""
    if not isinstance(given, Mapping):
        raise Unfit({at: _("Send an object with named fields.")})
    found: dict[str, Any] = {}
    wrong = {_under(at, name): _("There is no such field.") for name in _unknown(shape, given)}
    for part in parts(shape):
        try:
            found[part.name] = _read_part(part, given, at)
        except Unfit as unfit:
            wrong |= unfit.errors
    if wrong:
        raise Unfit(wrong)
    return shape(**found)


def _unknown(shape: type, given: Mapping[str, Any]) -> Iterator[str]:
    known = {part.name for part in parts(shape)}
    return (name for name in given if name not in known)


def _under(at: str, name: object) -> str:
    return f"{at}.{name}" if at else str(name)


def _read_part(part: Part, given: Mapping[str, Any], at: str) -> Any:
    where = _under(at, part.name)
    if part.name in given:
        return read_value(part.type, given[part.name], part.about, at=where)
    if part.is_needed:
        raise Unfit({where: _("This is missing.")})
    return part.default


def read_value(kind: Any, given: Any, about: About | None = None, *, at: str = "") -> Any:
    """Return a value of a type; Unfit where it is none."""
    known = options(kind)
    if given is None and NoneType in known:
        return None
    real = [apart(one) for one in known if one is not NoneType]
    fitting = next((one for one in real if _fits(one[0], given)), None)
    if fitting is None:
        raise Unfit({at: _(_expected(real[0][0]))})
    return _read_fitting(fitting[0], given, fitting[1] or about, at)


def options(kind: Any) -> Sequence[Any]:
    """Return the types that a type is one of."""
    return get_args(kind) if get_origin(kind) in {Union, UnionType} else (kind,)


def _fits(kind: Any, given: Any) -> bool:
    """Tell whether a value is of the JSON type that a type is written as."""
    if kind is int:
        return isinstance(given, int) and not isinstance(given, bool)
    if kind is bool:
        return isinstance(given, bool)
    if get_origin(kind) is list:
        return isinstance(given, list)
    return isinstance(given, Mapping) if is_dataclass(kind) else isinstance(given, str)


def _expected(kind: Any) -> str:
    if kind is int:
        return N_("Send a whole number.")
    if kind is bool:
        return N_("Send true or false.")
    if get_origin(kind) is list:
        return N_("Send a list.")
    return N_("Send an object with named fields.") if is_dataclass(kind) else N_("Send a text.")


def _read_fitting(kind: Any, given: Any, about: About | None, at: str) -> Any:
    if get_origin(kind) is Literal:
        return _read_choice(kind, given, at)
    if get_origin(kind) is list:
        return _read_list(kind, given, about, at)
    if isinstance(kind, type) and is_dataclass(kind):
        return read(kind, given, at=at)
    return READERS[kind](given, about, at)


def _read_choice(kind: Any, given: str, at: str) -> str:
    if given not in get_args(kind):
        raise Unfit({at: _("Choose one of these: %(words)s.", words=", ".join(get_args(kind)))})
    return given


def _read_list(kind: Any, given: list[Any], about: About | None, at: str) -> list[Any]:
    inner, inner_about = apart(get_args(kind)[0])
    least, most = _bounds(about, 0, 1000)
    if not least <= len(given) <= most:
        words = _("Send from %(least)d to %(most)d of these.", least=least, most=most)
        raise Unfit({at: words})
    found, wrong = [], dict[str, str]()
    for number, one in enumerate(given):
        try:
            found.append(read_value(inner, one, inner_about, at=_under(at, number)))
        except Unfit as unfit:
            wrong |= unfit.errors
    if wrong:
        raise Unfit(wrong)
    return found


def _bounds(about: About | None, least: int, most: int) -> tuple[int, int]:
    low = about.least if about and about.least is not None else least
    high = about.most if about and about.most is not None else most
    return low, high


def _read_whole(given: int, about: About | None, at: str) -> int:
    least, most = _bounds(about, 1, LARGEST_ID)
    if not least <= given <= most:
        words = _("Send a number from %(least)d to %(most)d.", least=least, most=most)
        raise Unfit({at: words})
    return given


def _read_text(given: str, about: About | None, at: str) -> str:
    least, most = _bounds(about, 0, LONGEST_TEXT)
    if not least <= len(given) <= most:
        words = _("Send a text of %(least)d to %(most)d signs.", least=least, most=most)
        raise Unfit({at: words})
    if not is_storable(given):
        raise Unfit({at: _("The text has a sign that cannot be stored.")})
    return given


def is_storable(text: str) -> bool:
    """Tell whether both databases can store a text: no NUL, no half of a pair."""
    return "\0" not in text and not any("\ud800" <= sign <= "\udfff" for sign in text)


def _read_day(given: str, _about: About | None, at: str) -> date:
    try:
        return date.fromisoformat(given if DAY.fullmatch(given) else "")
    except ValueError as error:
        raise Unfit({at: _("Send a day as 2026-03-02.")}) from error


def _read_moment(given: str, _about: About | None, at: str) -> datetime:
    try:
        moment = datetime.fromisoformat(given).astimezone(UTC)
        if datetime.fromisoformat(given).tzinfo is not None:
            return moment
    except (ValueError, OverflowError) as error:
        raise Unfit({at: _("Send a moment as 2026-03-02T12:00:00Z.")}) from error
    raise Unfit({at: _("Send a moment as 2026-03-02T12:00:00Z.")})


READERS: Mapping[Any, Any] = {
    int: _read_whole,
    bool: lambda given, _about, _at: given,
    str: _read_text,
    date: _read_day,
    datetime: _read_moment,
}


def read_query(shape: type, given: Mapping[str, str]) -> Any:
    """Return what an address asks; its texts are turned into what each field is."""
    kinds = {part.name: part.type for part in parts(shape)}
    return read(shape, {name: _of_text(kinds.get(name), text) for name, text in given.items()})


def _of_text(kind: Any, text: str) -> Any:
    known = options(kind)
    if int in known and WHOLE.fullmatch(text):
        return int(text)
    if bool in known and text in FLAGS:
        return FLAGS[text]
    return text


# Writing


def write(value: Any) -> Any:
    """Return a shape as JSON has it: days and moments as ISO 8601 writes them."""
    if isinstance(value, list):
        return [write(one) for one in value]
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if not is_dataclass(value) or isinstance(value, type):
        return value
    told = ((part, getattr(value, part.name)) for part in parts(type(value)))
    return {
        part.name: write(one) for part, one in told if one is not None or part.default is not None
    }


# Documenting


def schema_of(hint: Any, *, sent: bool) -> dict[str, Any]:
    """Return a type with what is said about it as JSON Schema 2020-12 writes it.

    A shape is referred to by its name. Bounds are of what is `sent`, not of what is answered.
    """
    kind, about = apart(hint)
    known = [apart(one) for one in options(kind)]
    found = [
        _one_schema(one, said or about, sent=sent) for one, said in known if one is not NoneType
    ]
    if len(found) < len(known):
        found.append({"type": "null"})
    told: dict[str, Any] = {"description": about.text} if about else {}
    if about and about.example is not None:
        told["examples"] = [about.example]
    return {**(found[0] if len(found) == 1 else {"anyOf": found}), **told}


def _one_schema(kind: Any, about: About | None, *, sent: bool) -> dict[str, Any]:
    if get_origin(kind) is Literal:
        return {"type": "string", "enum": list(get_args(kind))}
    if get_origin(kind) is list:
        least, most = _bounds(about, 0, 1000)
        bounds = {"minItems": least, "maxItems": most} if sent else {}
        return {"type": "array", "items": schema_of(get_args(kind)[0], sent=sent), **bounds}
    if isinstance(kind, type) and is_dataclass(kind):
        return {"$ref": f"#/components/schemas/{kind.__name__}"}
    return _plain_schema(kind) | (_bounds_schema(kind, about) if sent else {})


def _plain_schema(kind: Any) -> dict[str, Any]:
    if kind in {date, datetime}:
        return {"type": "string", "format": "date" if kind is date else "date-time"}
    return {"type": {int: "integer", bool: "boolean", str: "string"}[kind]}


def _bounds_schema(kind: Any, about: About | None) -> dict[str, Any]:
    if kind is int:
        least, most = _bounds(about, 1, LARGEST_ID)
        return {"minimum": least, "maximum": most}
    if kind is str:
        least, most = _bounds(about, 0, LONGEST_TEXT)
        return {"minLength": least, "maxLength": most, "pattern": NO_NUL}
    return {}


def object_schema(shape: type, *, sent: bool) -> dict[str, Any]:
    """Return a shape itself as JSON Schema writes it, with all its fields."""
    found = {part.name: schema_of(part.hint, sent=sent) for part in parts(shape)}
    for part in parts(shape):
        if sent and part.default not in {None, MISSING}:
            found[part.name]["default"] = part.default
    return {
        "type": "object",
        "description": " ".join((shape.__doc__ or "").split()),
        "properties": found,
        "required": [part.name for part in parts(shape) if part.is_needed],
        "additionalProperties": False,
    }


def shapes_in(kind: Any) -> Iterator[type]:
    """Yield the shapes that a type is made of, each with those inside it."""
    kind, _about = apart(kind)
    if is_dataclass(kind) and isinstance(kind, type):
        yield kind
        for part in parts(kind):
            yield from shapes_in(part.type)
    else:
        for inner in get_args(kind):
            yield from shapes_in(inner)
