"""Numbers and days of a spreadsheet, written as its own screen would show them in Finnish."""

import re
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation

_DIGITS = 15  # as many as a spreadsheet knows of a number
_LONGEST = 40
_DAY_LETTERS = re.compile("[dmyhsDMYHS]")
_NOT_FORMAT = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.')
_BUILT_IN_DAYS = frozenset([*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)])
_EPOCH_1900, _EPOCH_1904 = datetime(1899, 12, 30), datetime(1904, 1, 1)  # noqa: DTZ001 - a day on paper has no zone
_MOST_DAYS = 2_958_465  # 31.12.9999
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ](\d{1,2}):(\d{2}))?")


def number(text: str) -> str:
    """Write a number without what a computer's arithmetic added: 0,3 and not 0.30000000000000004.

    What is no number is written as it is.
    """
    try:
        exact = Decimal(text)
        short = +exact.normalize() if exact.is_finite() else None
    except InvalidOperation:
        return text
    if short is None or abs(short.adjusted()) > _LONGEST:
        return text
    rounded = Decimal(f"{short:.{_DIGITS}g}")
    plain = f"{rounded:f}"
    if "." in plain:
        plain = plain.rstrip("0").rstrip(".")
    return plain.replace(".", ",")


def is_day_format(number_id: int, code: str | None) -> bool:
    """Tell whether cells of this number format are days or times."""
    if code is None:
        return number_id in _BUILT_IN_DAYS
    plain = _NOT_FORMAT.sub("", code)
    return bool(_DAY_LETTERS.search(plain)) and "General" not in plain


def serial_day(text: str, *, from_1904: bool) -> str:
    """Write a day that is kept as a number of days; what is no such number as a number."""
    try:
        days = float(text)
    except ValueError:
        return text
    if not 0 <= days <= _MOST_DAYS:
        return number(text)
    if days < 1:
        return _clock(datetime(1900, 1, 1) + timedelta(days=days))  # noqa: DTZ001 - a time on paper
    moment = (_EPOCH_1904 if from_1904 else _EPOCH_1900) + timedelta(days=days)
    return _moment(moment + timedelta(milliseconds=500))


def iso_day(text: str) -> str:
    """Write a day that is kept as 2026-03-02 or with a time."""
    match = _ISO.match(text)
    if not match:
        return text
    year, month, day = (int(part) for part in match.groups()[:3])
    clock = (
        f" {int(match[4])}.{match[5]}" if match[4] and (match[4], match[5]) != ("00", "00") else ""
    )
    return f"{day}.{month}.{year}{clock}"


def _moment(moment: datetime) -> str:
    day = f"{moment.day}.{moment.month}.{moment.year}"
    return f"{day} {_clock(moment)}" if (moment.hour, moment.minute) != (0, 0) else day


def _clock(moment: datetime) -> str:
    return f"{moment.hour}.{moment.minute:02}"
