"""Which language is spoken: as asked, else as the case says, else as the locale says."""

from __future__ import annotations

import pytest

from graphmodel.settings import (
    asked_language,
    choose_language,
    language_code,
    locale_language,
    program_version,
)


@pytest.mark.parametrize(
    ("environ", "language"),
    [
        ({}, "en"),
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LANG": "de_DE", "LC_MESSAGES": "zh_TW"}, "zh"),
        ({"LANG": "", "LC_ALL": ""}, "en"),
    ],
)
def test_the_first_locale_variable_that_is_set_decides(
    environ: dict[str, str], language: str
) -> None:
    assert locale_language(environ) == language


def test_asked_comes_before_case_and_case_before_locale() -> None:
    chinese = {"LANG": "zh_CN"}
    assert choose_language("en", "zh", chinese) == "en"
    assert choose_language(None, "en", chinese) == "en"
    assert choose_language(None, None, chinese) == "zh"


@pytest.mark.parametrize(
    ("arguments", "language"),
    [
        (["flag", "x"], None),
        (["--lang", "zh", "flag"], "zh"),
        (["flag", "--lang=en"], "en"),
        (["--lang", "zh", "flag", "--lang", "en"], "en"),
        (["query", "x", "--", "--lang", "zh"], None),
        (["--lang"], None),
        (["--lang", "fr"], None),
    ],
)
def test_the_language_is_read_before_the_arguments_are_parsed(
    arguments: list[str], language: str | None
) -> None:
    assert asked_language(arguments) == language


def test_names_of_languages_as_systems_write_them() -> None:
    names = ("zh", "zh-CN", "ZH_Hans", "Chinese (Simplified)_China", "English_United States", "C")
    assert [language_code(name) for name in names] == ["zh", "zh", "zh", "zh", "en", None]
    assert language_code(None) is None


def test_the_version_is_known_or_said_to_be_unknown() -> None:
    version = program_version()
    assert version == "unknown" or version[0].isdigit()
