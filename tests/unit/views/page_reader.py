"""Reads a page as a browser would, and tells what a safe page may not hold."""

from __future__ import annotations

import base64
import hashlib
import re
from html.parser import HTMLParser

VOID = frozenset(("meta", "br", "hr", "link", "img", "input"))
ALLOWED = frozenset(
    [
        "html",
        "head",
        "meta",
        "title",
        "style",
        "body",
        "a",
        "header",
        "h1",
        "h2",
        "h3",
        "p",
        "span",
        "strong",
        "small",
        "b",
        "bdi",
        "div",
        "nav",
        "aside",
        "ol",
        "ul",
        "li",
        "main",
        "section",
        "figure",
        "figcaption",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "blockquote",
        "cite",
        "details",
        "summary",
        "footer",
        "svg",
        "desc",
        "g",
        "rect",
        "text",
        "tspan",
        "path",
        "polygon",
        "polyline",
        "circle",
    ]
)


class Page(HTMLParser):
    """A parsed page: every start tag with its attributes, and all text by element."""

    def __init__(self, html: str) -> None:
        """Parse the whole page."""
        super().__init__(convert_charrefs=True)
        self.html = html
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.texts: list[tuple[str, str]] = []
        self.open: list[str] = []
        self.misnested: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep an element."""
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep an element that closes itself."""
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        """Close an element, which must be the last one opened."""
        if not self.open or self.open.pop() != tag:
            self.misnested.append(tag)

    def handle_data(self, data: str) -> None:
        """Keep a text with the element around it."""
        self.texts.append((self.open[-1] if self.open else "", data))

    def text(self) -> str:
        """Return all text but the style."""
        return "".join(data for tag, data in self.texts if tag != "style")

    def faults(self) -> list[str]:
        """Return everything that a safe, self-contained page may not have."""
        found = [f"misnested {tag}" for tag in self.misnested]
        found += [f"left open: {tag}" for tag in self.open if tag not in {"html", "body", "head"}]
        for tag, attributes in self.tags:
            if tag not in ALLOWED:
                found.append(f"element {tag}")
            for name, value in attributes.items():
                if name.startswith("on") or name in {
                    "style",
                    "src",
                    "srcset",
                    "action",
                    "xlink:href",
                }:
                    found.append(f"attribute {name} of {tag}")
                if name == "href" and not re.fullmatch(r"#[a-z0-9-]+", value):
                    found.append(f"address {value}")
        return found + self._policy_faults()

    def _policy_faults(self) -> list[str]:
        style = "".join(data for tag, data in self.texts if tag == "style")
        digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
        wanted = (
            f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; "
            "base-uri 'none'; form-action 'none'"
        )
        policies = [
            a["content"] for t, a in self.tags if a.get("http-equiv") == "Content-Security-Policy"
        ]
        return [] if policies == [wanted] else [f"policy {policies}"]
