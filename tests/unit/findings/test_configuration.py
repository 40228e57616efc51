"""What a rules.toml may say, what it is refused for, and what it does to a search."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from graphmodel.case import Case
from graphmodel.derive.runner import DeriveParams
from graphmodel.detect.discovery import typologies, typology
from graphmodel.errors import UsageError
from graphmodel.findings.configuration import (
    Configuration,
    changed,
    check_configuration,
    read_configuration,
)
from graphmodel.model.finding import Level
from tests.examples.tables import write_case
from tests.unit.test_case import TABLES

if TYPE_CHECKING:
    from pathlib import Path


def written(folder: Path, text: str) -> Path:
    """Write a configuration and return its path."""
    path = folder / "rules.toml"
    path.write_text(text, encoding="utf-8")
    return path


def kinds(case: Case, config: Configuration | None = None) -> set[tuple[str, Level]]:
    """Return typology and level of what a search finds."""
    report = case.flag(config=config, graph=False, keep=False)
    return {(f.typology, f.level) for f in report.findings}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of case tables with one strong relay."""
    return write_case(tmp_path_factory.mktemp("case") / "case", TABLES)


def test_what_is_not_said_keeps_its_default(tmp_path: Path) -> None:
    told = (
        "[derive]\npayment_max_len = 10\n[burner]\nquiet_days = 30\n[burner.weights]\nburst = 1\n"
    )
    config = read_configuration(written(tmp_path, told))
    assert config.derive == DeriveParams(payment_max_len=10)
    card = typology("burner")
    wanted = {**card.params().model_dump(), "quiet_days": 30}
    assert config.params(card).model_dump() == wanted
    weighted = config.weighted(card)
    moved = {
        (a.name, a.weight, b.weight)
        for a, b in zip(card.signals, weighted.signals, strict=True)
        if a.weight != b.weight
    }
    assert moved == {("burst", 2, 1)}
    assert weighted.counters == card.counters
    assert config.weighted(typology("relay")) is typology("relay")
    assert config.is_enabled("burner")


def test_settings_are_put_over_a_file(tmp_path: Path) -> None:
    told = "[derive]\nmax_df = 4\n[burner]\nenabled = false\nquiet_days = 30\nnew_days = 1\n"
    path = written(tmp_path, told)
    config = read_configuration(path, ["burner.quiet_days=9", "derive.window_days = 62"])
    assert config.derive == DeriveParams(max_df=4, window_days=62)
    assert not config.is_enabled("burner")
    assert config.typologies["burner"].params == {"quiet_days": 9, "new_days": 1}
    assert changed(config, ["burner.enabled=true"]).is_enabled("burner")
    # a default that is said again wins over the file
    assert changed(config, ["derive.max_df=3"]).derive.max_df == 3


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ("relai.enabled=false", "[relai] is neither a typology nor derive. Did you mean relay?"),
        ("burner.quiet_day=1", "burner.quiet_day is no parameter of burner. Did you mean quiet_"),
        ("burner.enable=true", "burner.enable is no parameter of burner. Did you mean enabled?"),
        ("relay.window_days=62", "It belongs to derived facts: derive.window_days."),
        ("relay.weights.same_hand=1", "Did you mean same_hands?"),
        ("relay.weights.same_hands=-1", "a whole number from 0 to 100"),
        ("relay.weights.same_hands=1.5", "a whole number from 0 to 100"),
        ("relay.weights.same_hands=true", "a whole number from 0 to 100"),
        ("relay.weights=3", "relay.weights = 3 cannot be used; it must be a table."),
        ("burner.quiet_days=soon", "burner.quiet_days = soon cannot be used"),
        ("burner.quiet_days=-1", "a whole number from 0 to"),
        ("burner.quiet_days=99999999999", "a whole number from 0 to"),
        ("burner.quiet_days=true", "a whole number from 0 to"),
        ("burner.enabled=1", "it must be true or false"),
        ("pass_through.low_share=nan", "a number that is not negative"),
        ("pass_through.low_share=-0.1", "a number that is not negative"),
        ("pass_through.min_ratio=0", "a number above 0"),
        ("relay.budget_s=0.0", "a number above 0"),
        ("barter_ring.window_days=0", "a whole number from 1 to"),
        ("split_payment.limit_currency=1", "a currency code"),
        ('split_payment.limit_currency="ABC"', "a currency code"),
        ("derive.payment_max_len=1", "a whole number from 2 to 15"),
        ("derive.payment_max_len=16", "a whole number from 2 to 15"),
        ("derive=3", "not written like a setting"),
        ("burner.quiet_days", "not written like a setting"),
        (".quiet_days=3", "not written like a setting"),
    ],
)
def test_an_unknown_name_or_value_is_refused_in_one_sentence(setting: str, words: str) -> None:
    with pytest.raises(UsageError) as caught:
        changed(Configuration(), [setting])
    told = str(caught.value)
    assert words in told
    assert told.startswith("--set")
    error: Any = caught.value
    reason, _ = error.words("zh")
    assert reason != error.reason
    assert reason.startswith("--set")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[relay\n", "rules.toml is no TOML: "),
        ("relay = 3\n", "rules.toml: relay = 3 cannot be used; it must be a table."),
        ("[relay]\nenabled = 'no'\n", "rules.toml: relay.enabled = no cannot be used"),
        ("[derive]\nwindow = 3\n", "rules.toml: derive.window is no parameter of derive."),
    ],
)
def test_a_refusal_names_the_file_and_the_key(text: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        read_configuration(written(tmp_path, text))
    assert words in str(caught.value)


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        read_configuration(tmp_path / "none.toml")
    (tmp_path / "bad.toml").write_bytes(b"\xff\xfe[")
    with pytest.raises(UsageError, match="no UTF-8"):
        read_configuration(tmp_path / "bad.toml")
    (tmp_path / "large.toml").write_bytes(b"#" * ((1 << 20) + 1))
    with pytest.raises(UsageError, match="too large"):
        read_configuration(tmp_path / "large.toml")


@pytest.mark.parametrize("name", sorted(typologies()))
def test_no_signal_and_counter_fact_of_a_card_share_a_name(name: str) -> None:
    card = typology(name)
    names = [*(signal.name for signal in card.signals), *(c.name for c in card.counters)]
    assert len(set(names)) == len(names)
    assert not {"enabled", "weights"} & set(card.params.model_fields)


def test_a_typology_is_turned_off(folder: Path) -> None:
    off = changed(Configuration(), ["relay.enabled=false"])
    with Case.open(folder) as case:
        assert kinds(case) == {("relay", Level.STRONG)}
        assert kinds(case, off) == set()
        report = case.flag(config=off, graph=False, keep=False)
        assert report.turned_off == ["relay"]
        assert report.to_json("en")["rules"] == {
            "derive": DeriveParams().model_dump(),
            "off": ["relay"],
        }


def test_weights_decide_the_level_and_stand_in_the_finding(folder: Path) -> None:
    light = changed(Configuration(), ["relay.weights.resold_at_markup=0"])
    settings = ["relay.weights.resold_at_markup=1", "relay.weights.same_batch_shown=1"]
    lead = changed(
        light, [*settings, "relay.weights.same_hands=0", "relay.weights.close_in_time=0"]
    )
    with Case.open(folder) as case:
        assert kinds(case, light) == {("relay", Level.SUPPORTED)}
        (finding,) = case.flag(config=lead, graph=False, keep=False).findings
    assert finding.level == Level.LEAD
    told: Any = finding.to_json("en")
    weights = {signal["name"]: signal["weight"] for signal in told["signals"]}
    assert weights["resold_at_markup"] == 1
    assert weights["same_hands"] == 0
    assert told["params"] == typology("relay").params().model_dump()


def test_a_kept_search_keeps_the_values_in_force(folder: Path, tmp_path: Path) -> None:
    config = changed(
        Configuration(),
        ["derive.window_days=62", "relay.budget_s=5", "relay.weights.same_hands=0"],
    )
    out = tmp_path / "x.case.duckdb"
    Case.import_(folder, out).close()
    with Case.open(out, config=config) as case:
        case.flag(config=config)
    with Case.open(out) as case:
        kept = case.findings()
        assert kept is not None
        assert kept.rules == config.values()
        assert kept.findings[0].params["budget_s"] == 5.0
        assert kept.rules["derive"]["window_days"] == 62
        assert kept.rules["typologies"]["relay"]["weights"]["same_hands"] == 0


QUANTITY = """id,seller,buyer,batch,quantity,total,time
d1,s,x,b1,12345,1000.00,2019-03-01
d2,x,b,b2,12345,1500.00,2019-05-01
"""


def test_facts_are_derived_again_where_their_parameters_differ(tmp_path: Path) -> None:
    tables = {**TABLES, "batches": "id\nb1\nb2", "deals": QUANTITY}
    folder = write_case(tmp_path / "case", tables)
    wide = check_configuration({"derive": {"window_days": 62}}, "rules.toml")
    with Case.open(folder) as case:
        assert kinds(case) == set()
        assert {name for name, _ in kinds(case, wide)} == {"relay"}
        assert case.derive_params() == wide.derive
        assert kinds(case, Configuration()) == set()
    out = tmp_path / "x.case.duckdb"
    with Case.import_(folder, out, config=wide) as case:
        assert {name for name, _ in kinds(case)} == {"relay"}
    # the parameters of the import hold until others are asked for
    with Case.open(out) as case:
        assert {name for name, _ in kinds(case)} == {"relay"}
    with Case.open(out, config=Configuration()) as case:
        assert kinds(case) == set()
    with Case.open(out) as case:
        assert kinds(case) == set()


def test_a_case_file_that_is_to_stay_untouched_is_derived_in_a_copy(
    folder: Path, tmp_path: Path
) -> None:
    out = tmp_path / "x.case.duckdb"
    Case.import_(folder, out).close()
    before = out.read_bytes()
    days = {"window_days": 1, "window_days_shown": 1}
    wide = check_configuration({"derive": days}, "rules.toml")
    with Case.open(out, config=wide, untouched=True) as case:
        assert case.is_temporary
        assert case.derive_params() == wide.derive
        assert kinds(case, wide) == set()
    with Case.open(out, untouched=True) as case:
        assert not case.is_temporary
        with pytest.raises(UsageError, match=r"Case\.open"):
            case.flag(config=wide)
    assert out.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["x.case.duckdb"]


def test_facts_half_derived_are_derived_again(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "x.case.duckdb"
    Case.import_(folder, out).close()
    other = check_configuration({"derive": {"window_days": 62}}, "rules.toml")

    def stop(step: str) -> None:
        if step == "resale":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Case.open(out, config=other, progress=stop)
    with Case.open(out) as case:
        assert case.derive_params() == DeriveParams()
        assert kinds(case) == {("relay", Level.STRONG)}


def test_a_detector_that_weighs_by_itself_takes_the_weights_chosen() -> None:
    from graphmodel.detect.typologies.batch_reuse import TYPOLOGY

    light = changed(Configuration(), ["batch_reuse.weights.sellers_related=0"]).weighted(TYPOLOGY)
    detector: Any = light.detector(light.params())
    detector.use_weights(light)
    assert detector._typology is light  # noqa: SLF001 # what it weighs by
