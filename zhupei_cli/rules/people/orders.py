"""Students by order (订单定向): which specialties are open to them, for whatever act looks at it."""

from collections.abc import Collection, Iterable, Mapping

#: Of somebody by order, as 生源类型 has it.
SOURCE = "农村订单定向"


def astray(specialties: Iterable[str], allowed: Collection[str], *, by_order: bool | None) -> list[str]:
    """Return which of `specialties` are not open to the person, each once: none to who is not by order."""
    return [code for code in dict.fromkeys(specialties) if code not in allowed] if by_order else []


def in_words(codes: Iterable[str], names: Mapping[str, str]) -> str:
    """Return specialties by their names, as sentences tell them."""
    return "、".join(names.get(code, code) for code in codes) or "无"
