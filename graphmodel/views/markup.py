"""HTML in which text is escaped by construction: only what this module made is taken as markup."""

from __future__ import annotations

from graphmodel.views.escape import escaped

_EMPTY = frozenset(("meta", "br", "hr"))


class Markup(str):
    """Text that is HTML already; plain text becomes it only by being escaped."""

    __slots__ = ()


def tag(name: str, /, *children: str | None, **attributes: str) -> Markup:
    """Return an element. Children that are no markup are escaped, None is left out.

    A trailing underscore of an attribute is dropped (`class_`), others become hyphens.

    >>> tag("p", "a < b", tag("b", "c"), class_="x")
    '<p class="x">a &lt; b<b>c</b></p>'
    """
    cells = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escaped(value)}"'
        for key, value in attributes.items()
    )
    if name in _EMPTY:
        return Markup(f"<{name}{cells}>")
    return Markup(f"<{name}{cells}>{joined(*children)}</{name}>")


def joined(*children: str | None) -> Markup:
    """Return children one after the other, those that are no markup escaped."""
    return Markup(
        "".join(
            child if isinstance(child, Markup) else escaped(child)
            for child in children
            if child is not None
        )
    )


def data(text: str, **attributes: str) -> Markup:
    """Return text of a case, kept from turning the text around it (`bdi`)."""
    return tag("bdi", text, **attributes)


def listed(name: str, items: list[Markup], **attributes: str) -> Markup | None:
    """Return a list element, or None for no items."""
    return tag(name, *(tag("li", item) for item in items), **attributes) if items else None
