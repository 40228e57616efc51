"""Which encoding and which delimiter a text file has, as far as its bytes decide it."""

from __future__ import annotations

import codecs
from typing import NamedTuple

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_BOM_GB18030 = "\ufeff".encode("gb18030")
_SAMPLE_LINES = 2_000


class Decoded(NamedTuple):
    """Text of a file and the encoding taken; a byte that does not fit is a lone surrogate."""

    text: str
    encoding: str
    damaged: bool


def read_text(data: bytes) -> Decoded:
    """Decode UTF-8 with or without BOM, UTF-16 with BOM, or GB18030.

    A file none of them fits is read in the one that more of its lines fit; what does not fit stays
    as lone surrogates, so that only the rows that hold them are refused.
    """
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return _decode(data, encoding)
    if data.startswith(_BOM_GB18030):
        return _decode(data[len(_BOM_GB18030) :], "gb18030")
    try:
        return Decoded(data.decode("utf-8"), "utf-8", damaged=False)
    except UnicodeDecodeError:
        return _decode(data, "utf-8" if _is_mostly_utf8(data) else "gb18030")


def _decode(data: bytes, encoding: str) -> Decoded:
    try:
        return Decoded(data.decode(encoding), encoding, damaged=False)
    except UnicodeDecodeError:
        pass
    if encoding != "utf-16":
        return Decoded(data.decode(encoding, "surrogateescape"), encoding, damaged=True)
    even = len(data) // 2 * 2
    tail = "" if even == len(data) else "\udc80"
    return Decoded(data[:even].decode(encoding, "surrogatepass") + tail, encoding, damaged=True)


def _is_mostly_utf8(data: bytes) -> bool:
    fits = misfits = 0
    for line in data.split(b"\n"):
        if line.isascii():
            continue
        try:
            line.decode("utf-8")
        except UnicodeDecodeError:
            misfits += 1
        else:
            fits += 1
        if fits + misfits >= _SAMPLE_LINES:
            break
    # lines of GB18030 are hardly ever valid UTF-8 by chance
    return fits > misfits


def find_delimiter(header: str) -> str:
    """Return the delimiter of a table: a comma, or tab or semicolon if the header has no comma."""
    if "," in header:
        return ","
    if "\t" in header:
        return "\t"
    return ";" if ";" in header else ","
