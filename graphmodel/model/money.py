"""Money as integers: minor units of a currency, unit prices in billionths of the major unit.

Minor digits are those of ISO 4217; USDT and USDC have 6, BTC 8, ETH 9 (case tables, version 1).
Nothing here converts one currency into another.
"""

from __future__ import annotations

import re
import unicodedata

from graphmodel.model.refusal import Reason, RefusalError

NANO_DIGITS = 9
"""A unit price is held in billionths (10^-9) of the major unit."""

LARGEST = 10**18
"""Greatest number held; beyond it a signed 64-bit integer has no room for sums."""

_CODES_BY_DIGITS = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    2: (
        "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD "
        "CAD CDF CHE CHF CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP "
        "GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK "
        "LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO "
        "NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS "
        "SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST "
        "XAD XCD XCG YER ZAR ZMW ZWG "
        # withdrawn since 2016, still met in the papers of older cases
        "ANG BGN CUC HRK MRO SLL STD VEF ZWL"
    ),
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
    6: "USDT USDC",
    8: "BTC",
    9: "ETH",
}

CURRENCIES: dict[str, int] = {
    code: digits for digits, codes in _CODES_BY_DIGITS.items() for code in codes.split()
}
"""Currency code to number of minor digits."""

_WORDS = {"RMB": "CNY", "元": "CNY", "人民币": "CNY"}
_SIGNS = frozenset("¥$€£₩₽₹")

_NUMBER = re.compile(r"(-?)([1-9][0-9]{0,2}(?:,[0-9]{3})+|[0-9]+)(?:\.([0-9]+))?")
_FULL_WIDTH = str.maketrans("０１２３４５６７８９，．－−", "0123456789,.--")


def parse_currency(text: str) -> str:
    """Return the code of a currency, whatever its case or width; a bare sign is refused.

    >>> parse_currency("ｃｎｙ"), parse_currency("元")
    ('CNY', 'CNY')
    """
    word = unicodedata.normalize("NFKC", text).strip().upper()
    code = _WORDS.get(word, word)
    if code in CURRENCIES:
        return code
    reason = Reason.CURRENCY_SIGN if word in _SIGNS else Reason.CURRENCY_UNKNOWN
    raise RefusalError(reason, word)


def parse_scaled(text: str, digits: int) -> int:
    """Return a decimal text as an integer of 10^-digits; finer or malformed text is refused.

    A comma separates thousands only before exactly three digits; zeros at the end of the fraction
    are not finer. ASCII or full-width digits, no exponent, mark, plus sign or inner blank.
    """
    plain = text.strip()
    if not plain.isascii():
        plain = plain.translate(_FULL_WIDTH)
    match = _NUMBER.fullmatch(plain)
    if match is None:
        raise RefusalError(Reason.NUMBER_BAD)
    minus, whole, fraction = match.groups()
    kept = (fraction or "").rstrip("0")
    if len(kept) > digits:
        raise RefusalError(Reason.NUMBER_FINE)
    figures = (whole.replace(",", "") + kept.ljust(digits, "0")).lstrip("0")
    if len(figures) > len(str(LARGEST)) or int(figures or "0") > LARGEST:
        raise RefusalError(Reason.NUMBER_LARGE)
    value = int(figures or "0")
    return -value if minus else value


def parse_amount(text: str, currency: str) -> int:
    """Return an amount in minor units of `currency` (a code of `CURRENCIES`).

    >>> parse_amount("12,000.5", "CNY"), parse_amount("-3", "JPY")
    (1200050, -3)
    """
    return parse_scaled(text, CURRENCIES[currency])


def parse_unit_price(text: str) -> int:
    """Return a price per record in billionths of the major unit.

    >>> parse_unit_price("0.15")
    150000000
    """
    return parse_scaled(text, NANO_DIGITS)


def format_amount(minor: int, currency: str) -> str:
    """Return decimal text with the currency's minor digits.

    >>> format_amount(1200000, "CNY"), format_amount(-5, "USDT")
    ('12000.00', '-0.000005')
    """
    digits = CURRENCIES[currency]
    figures = str(abs(minor)).rjust(digits + 1, "0")
    sign = "-" if minor < 0 else ""
    if not digits:
        return sign + figures
    return f"{sign}{figures[:-digits]}.{figures[-digits:]}"


def format_unit_price(nano: int) -> str:
    """Return the shortest decimal text of a price in billionths.

    >>> format_unit_price(150000000), format_unit_price(2000000000)
    ('0.15', '2')
    """
    figures = str(abs(nano)).rjust(NANO_DIGITS + 1, "0")
    whole, fraction = figures[:-NANO_DIGITS], figures[-NANO_DIGITS:].rstrip("0")
    sign = "-" if nano < 0 else ""
    return f"{sign}{whole}.{fraction}" if fraction else sign + whole
