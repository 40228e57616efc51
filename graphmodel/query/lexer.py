"""Query text into tokens for the grammar: white space, escapes, names, and patterns told apart.

Two questions cannot be answered with one token of look-ahead: whether `(` opens a node of a pattern
or a parenthesised expression, and whether `[x IN` opens a list comprehension. Both are settled here
on the finished list of tokens, so that the grammar itself has no conflict.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from graphmodel.query.refusals import Said, lookalike, refusal

if TYPE_CHECKING:
    from graphmodel.errors import CypherError

MAX_LENGTH = 100_000
MAX_TOKENS = 3_000
MAX_NESTING = 80

KEYWORDS = frozenset(
    (
        "MATCH", "OPTIONAL", "WHERE", "WITH", "UNWIND", "RETURN", "ORDER", "BY", "SKIP", "LIMIT",
        "DISTINCT", "UNION", "ALL", "AS", "AND", "OR", "XOR", "NOT", "IN", "IS", "NULL", "STARTS",
        "ENDS", "CONTAINS", "CASE", "WHEN", "THEN", "ELSE", "END", "TRUE", "FALSE", "ASC", "DESC",
        "ASCENDING", "DESCENDING",
    )
)  # fmt: skip
_VALUES = frozenset({"NULL", "TRUE", "FALSE", "CASE", "NOT", "ALL"})
"""Keywords that may begin the value behind the colon of a map; as a label they need backticks."""
PUNCTUATION = {
    "..": "DOTDOT", "<>": "NE", "<=": "LE", ">=": "GE", "=~": "REGEX", "(": "LPAR", ")": "RPAR",
    "[": "LSQB", "]": "RSQB", "{": "LBRACE", "}": "RBRACE", ",": "COMMA", ".": "DOT", ":": "COLON",
    "|": "BAR", "&": "AMP", "!": "BANG", ";": "SEMICOLON", "+": "PLUS", "-": "MINUS",
    "*": "STAR", "/": "SLASH", "%": "PERCENT", "^": "CARET", "=": "EQ", "<": "LT", ">": "GT",
}  # fmt: skip
_SUBQUERIES = frozenset({"exists", "count", "collect"})
_ESCAPES = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_ESCAPES |= {char: char for char in "\\'\"`"}
_CLOSING = {"LPAR": "RPAR", "LSQB": "RSQB", "LBRACE": "RBRACE"}
_ENDING = frozenset(_CLOSING.values())
_SIGNS = {"(": ")", "[": "]", "{": "}"}
_TOKEN = re.compile(
    r"""
    (?P<space>[\s\u00a0\u180e\u200b\ufeff]+|//[^\n\r]*|/\*.*?\*/)
  | (?P<number>0x[0-9a-fA-F]+|0o[0-7]+|[0-9]+\.[0-9]+(?:[eE][+-]?[0-9]+)?
      |\.[0-9]+(?:[eE][+-]?[0-9]+)?|[0-9]+[eE][+-]?[0-9]+|[0-9]+)(?P<junk>\w*)
  | \$(?P<parameter>\w+|`[^`]*(?:``[^`]*)*`)
  | (?P<name>[^\W\d]\w*|`(?:[^`]|``)[^`]*(?:``[^`]*)*`)
  | (?P<string>'[^'\\]*(?:\\.[^'\\]*)*'|"[^"\\]*(?:\\.[^"\\]*)*")
  | (?P<mark>\.\.|<>|<=|>=|=~|/(?!\*)|[()\[\]{},.:|&!;+\-*%^=<>])
    """,
    re.VERBOSE | re.DOTALL,
)
_UNICODE_ESCAPE = re.compile(
    r"\\u+([dD][89abAB][0-9a-fA-F]{2})\\u+([dD][c-fC-F][0-9a-fA-F]{2})|\\u+([0-9a-fA-F]{4})"
)
_STRING_ESCAPE = re.compile(r"\\(.)", re.DOTALL)


@dataclass(slots=True)
class Mark:
    """One token: terminal of the grammar, value, and place in the resolved text."""

    kind: str
    value: str
    start: int
    end: int


class Source:
    r"""A query text, its `\uXXXX` escapes resolved; it turns offsets into lines and columns."""

    def __init__(self, text: str) -> None:
        """Resolve the escapes; a text beyond `MAX_LENGTH` is refused."""
        if len(text) > MAX_LENGTH:
            count, most = f"{len(text):,}", f"{MAX_LENGTH:,}"
            raise refusal(Said("refusal-too-long", count=count, most=most))
        self.original = text
        self._shifts: list[tuple[int, int]] = []
        self.text = _UNICODE_ESCAPE.sub(self._resolve, text) if "\\u" in text else text
        self.text = _join_surrogates(self)

    def _resolve(self, match: re.Match[str]) -> str:
        removed = self._shifts[-1][1] if self._shifts else 0
        self._shifts.append((match.start() - removed, removed + len(match.group()) - 1))
        if match[3]:
            return chr(int(match[3], 16))
        return bytes.fromhex(match[1] + match[2]).decode("utf-16-be")

    def _origin(self, offset: int) -> int:
        """Return where an offset of the resolved text stands in the original."""
        moved = 0
        for start, removed in self._shifts:
            if start >= offset:
                break
            moved = removed
        return offset + moved

    def written(self, start: int, end: int) -> str:
        """Return a part of the resolved text as it was written."""
        return self.original[self._origin(start) : self._origin(end)]

    def place(self, offset: int) -> tuple[int, int]:
        """Return line and column (from 1) of an offset of the resolved text."""
        before = self.original[: self._origin(offset)]
        return before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1

    def error(self, reason: Said | str, offset: int, hint: Said | str = "") -> CypherError:
        """Return an error that names the place of `offset`."""
        line, column = self.place(offset)
        return refusal(reason, hint, line=line, column=column)


def _join_surrogates(source: Source) -> str:
    text = source.text
    if not any("\ud800" <= char <= "\udfff" for char in text):
        return text
    joined = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if "\ufffd" in joined and "\ufffd" not in text:
        at = next(i for i, char in enumerate(text) if "\ud800" <= char <= "\udfff")
        raise source.error(Said("refusal-half-character"), at)
    return joined


def read_tokens(source: Source) -> list[Mark]:
    """Return the tokens of the text, patterns and comprehensions marked."""
    marks = _split(source)
    _end_at_semicolon(marks)
    closing = _match_brackets(source, marks)
    _mark_lists(marks)
    _mark_separators(marks, closing)
    _mark_relationships(marks, closing)
    return marks


def _split(source: Source) -> list[Mark]:
    marks: list[Mark] = []
    text, position, depth, kind = source.text, 0, 0, ""
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            raise _unreadable(source, position)
        position = match.end()
        if match.lastgroup == "space":
            continue
        if kind == "SEMICOLON":
            raise source.error(Said("refusal-semicolon"), marks[-1].start)
        mark = _token(source, match, kind)
        kind = mark.kind
        depth += (kind in _CLOSING) - (kind in _ENDING)
        marks.append(mark)
        # what is beyond a limit is refused here: nobody waits for the rest of the text
        if not 0 <= depth <= MAX_NESTING or len(marks) > MAX_TOKENS:
            raise _beyond(source, mark, depth)
    return marks


def _beyond(source: Source, mark: Mark, depth: int) -> CypherError:
    if depth < 0:
        return source.error(Said("refusal-closes-nothing", sign=mark.value), mark.start)
    if depth > MAX_NESTING:
        return source.error(Said("refusal-nesting", most=MAX_NESTING), mark.start)
    return source.error(Said("refusal-many-tokens", most=f"{MAX_TOKENS:,}"), mark.start)


def _end_at_semicolon(marks: list[Mark]) -> None:
    """Drop the semicolon that ends the query, as Neo4j's tools take it."""
    if len(marks) > 1 and marks[-1].kind == "SEMICOLON":
        marks.pop()


def _unreadable(source: Source, position: int) -> CypherError:
    char = source.text[position]
    if char in "'\"":
        return source.error(Said("refusal-string-open"), position)
    if char == "`":
        return source.error(Said("refusal-name-open"), position)
    if source.text.startswith("/*", position):
        return source.error(Said("refusal-comment-open"), position)
    if char == "$":
        return source.error(Said("refusal-parameter-sign"), position)
    return source.error(Said("refusal-character", sign=char), position, lookalike(char))


def _token(source: Source, match: re.Match[str], before: str) -> Mark:
    start, end = match.span()
    if match["number"] is not None:
        if match["junk"]:
            raise source.error(Said("refusal-number-name"), match.start("junk"))
        return Mark(_number_kind(match["number"]), match["number"], start, end)
    if match["name"] is not None:
        return _name(match["name"], before, start, end)
    if match["parameter"] is not None:
        return Mark("PARAMETER", _unquoted(match["parameter"]), start, end)
    if match["string"] is not None:
        return Mark("STRING", _string(source, match["string"], start), start, end)
    return Mark(PUNCTUATION[match["mark"]], match["mark"], start, end)


def _number_kind(text: str) -> str:
    based = text[:2] in {"0x", "0o"}
    return "FLOAT" if not based and re.search(r"[.eE]", text) else "INTEGER"


def _unquoted(name: str) -> str:
    return name[1:-1].replace("``", "`") if name.startswith("`") else name


def _name(name: str, before: str, start: int, end: int) -> Mark:
    upper = name.upper()
    named = before in {"DOT", "AS"}
    named |= before in {"COLON", "AMP", "BANG"} and upper not in _VALUES
    if name[0] == "`" or upper not in KEYWORDS or named:
        return Mark("NAME", _unquoted(name), start, end)
    return Mark(upper, name, start, end)


def _string(source: Source, quoted: str, start: int) -> str:
    def resolve(match: re.Match[str]) -> str:
        char = match.group(1)
        if char not in _ESCAPES:
            raise source.error(Said("refusal-escape", sign=char), start + 1 + match.start())
        return _ESCAPES[char]

    value = _STRING_ESCAPE.sub(resolve, quoted[1:-1])
    if "\0" in value:
        raise source.error(Said("refusal-null-character"), start)
    return value


def _match_brackets(source: Source, marks: list[Mark]) -> dict[int, int]:
    """Return for each opening bracket the index of its closing one."""
    stack: list[int] = []
    closing: dict[int, int] = {}
    for index, mark in enumerate(marks):
        if mark.kind in _CLOSING:
            stack.append(index)
        elif mark.kind in _CLOSING.values():
            if not stack or _CLOSING[marks[stack[-1]].kind] != mark.kind:
                raise source.error(Said("refusal-closes-nothing", sign=mark.value), mark.start)
            closing[stack.pop()] = index
    if stack:
        opening = marks[stack[-1]]
        sign = opening.value
        reason = Said("refusal-bracket-open", sign=sign, closing=_SIGNS[sign])
        raise source.error(reason, opening.start)
    return closing


def _mark_relationships(marks: list[Mark], closing: dict[int, int]) -> None:
    """Give the brackets and arrows of relationships, and the nodes they join, their own kinds."""
    opening = {end: start for start, end in closing.items()}
    for index, mark in enumerate(marks):
        if mark.kind == "RPAR":
            after = _relationship(marks, closing, index + 1)
            if after:
                marks[opening[index]].kind = marks[after].kind = "NODE_LPAR"
    _mark_pattern_lists(marks, closing)
    kept = [mark for mark in marks if mark.kind != "DROPPED"]
    marks[:] = kept


def _mark_pattern_lists(marks: list[Mark], closing: dict[int, int]) -> None:
    """Mark `[(a)-->(b) … |` and `[p = (a)-->(b) … |` as pattern comprehensions."""
    for start, end in closing.items():
        if marks[start].kind != "LSQB":
            continue
        named = [mark.kind for mark in marks[start + 1 : start + 3]] == ["NAME", "EQ"]
        first = start + 3 if named else start + 1
        bar = _last_bar(marks, closing, start, end)
        if bar and marks[first].kind == "NODE_LPAR":
            marks[start].kind, marks[bar].kind = "PATTERNS", "PIPE"


def _relationship(marks: list[Mark], closing: dict[int, int], index: int) -> int:
    """Mark a relationship that begins at `index`; return where its far node opens, or 0."""

    def kind(at: int) -> str:
        return marks[at].kind if at < len(marks) else ""

    first = index
    index += kind(index) == "LT"
    if kind(index) != "MINUS":
        return 0
    bracket = index + 1 if kind(index + 1) == "LSQB" else 0
    dash = closing[bracket] + 1 if bracket else index + 1
    if kind(dash) != "MINUS":
        return 0
    node = dash + 1 + (kind(dash + 1) == "GT")
    if kind(node) not in {"LPAR", "NODE_LPAR"}:
        return 0
    arrow = ("<" if index > first else "") + "-" + (">" if node > dash + 1 else "")
    if bracket:
        marks[bracket].kind = "REL_OPEN"
        marks[closing[bracket]].kind = "REL_CLOSE"
        marks[bracket].value = arrow
        dropped = [*range(first, bracket), *range(dash, node)]
    else:
        marks[first].kind, marks[first].value = "REL_BARE", arrow
        dropped = [*range(first + 1, node)]
    for at in dropped:
        marks[at].kind = "DROPPED"
    return node


def _mark_separators(marks: list[Mark], closing: dict[int, int]) -> None:
    """Make `PIPE` of the last bar in a comprehension or `reduce`: it parts off the result."""
    for start, end in closing.items():
        reducing = start > 0 and marks[start - 1].kind == "REDUCE"
        if not reducing and marks[start].kind != "COMPREHENSION":
            continue
        last = _last_bar(marks, closing, start, end)
        if last:
            marks[last].kind = "PIPE"


def _last_bar(marks: list[Mark], closing: dict[int, int], start: int, end: int) -> int:
    """Return where the last bar directly inside these brackets stands, or 0."""
    last, index = 0, start + 1
    while index < end:
        last = index if marks[index].kind == "BAR" else last
        index = closing.get(index, index) + 1
    return last


def _mark_lists(marks: list[Mark]) -> None:
    """Mark comprehensions, quantifiers, `reduce`, and the words before `{` of a subquery."""
    for index in range(len(marks) - 1):
        mark, following = marks[index], marks[index + 1]
        third = marks[index + 2].kind if index + 2 < len(marks) else ""
        fourth = marks[index + 3].kind if index + 3 < len(marks) else ""
        word = mark.value.lower()
        if mark.kind in {"LBRACE", "COMMA"} and following.kind in KEYWORDS and third == "COLON":
            following.kind = "NAME"
        elif mark.kind == "LSQB" and following.kind == "NAME" and third == "IN":
            mark.kind = "COMPREHENSION"
        elif mark.kind in {"NAME", "ALL"} and following.kind == "LPAR":
            if word in {"all", "any", "none", "single"} and (third, fourth) == ("NAME", "IN"):
                mark.kind = "QUANTIFIER"
            elif word == "reduce" and (third, fourth) == ("NAME", "EQ"):
                mark.kind = "REDUCE"
        elif mark.kind == "NAME" and following.kind == "LBRACE" and word in _SUBQUERIES:
            mark.kind = word.upper()
