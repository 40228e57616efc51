"""What every shipped question answers on the story and on both examples, counted out by hand."""

from __future__ import annotations

from datetime import UTC

from graphmodel.model.instants import parse_time

Asked = tuple[str, dict[str, object], str, set[tuple[object, ...]]]
"""A question, its parameters, the columns compared, the rows expected."""

T = {text: parse_time(text, UTC)[:2] for text in ("2019-06-01", "2020-01-05", "2020-03-01")}
"""First and last second of some days."""

IN_STORY: list[Asked] = [
    (
        "many_accounts",
        {},
        "person accounts account basis",
        {("ann", 3, "a1", "holds"), ("ann", 3, "a2", "holds"), ("ann", 3, "a3", "holds")},
    ),
    (
        "many_accounts",
        {"least": 2},
        "person accounts account basis strength",
        {
            ("ann", 3, "a1", "holds", "stated"),
            ("ann", 3, "a2", "holds", "stated"),
            ("ann", 3, "a3", "holds", "stated"),
            ("bob", 2, "b1", "holds", "stated"),
            ("bob", 2, "a2", "controls", "stated"),
        },
    ),
    # nobody knows since when Ann has the account: that both had it at one time is not sure
    (
        "borrowed_accounts",
        {},
        "person account other other_basis sure",
        {("bob", "a2", "ann", "holds", False)},
    ),
    ("borrowed_accounts", {"person": "Ann"}, "person account", set()),
    # the phone was used by one account only
    (
        "shared_identifiers",
        {},
        "kind accounts account person",
        {("device", 2, "a1", "ann"), ("device", 2, "b1", "bob")},
    ),
    (
        "shared_identifiers",
        {"least": 1, "kind": "phone"},
        "kind accounts account person",
        {("phone", 1, "c1", "cid")},
    ),
    # two spellings of one name; what only one account shows is no answer
    (
        "shown_names",
        {},
        "key accounts persona account to person",
        {("data shop", 2, "shop", "e1", None, "eve"), ("data shop", 2, "shop2", "d1", "a1", "dan")},
    ),
    (
        "introductions",
        {},
        "person introduced what shown_name to source",
        {
            ("ann", "e1", "Account", None, "bob", "s"),
            ("bob", "shop", "Persona", "Data Shop", "cid", None),
        },
    ),
    ("introductions", {"person": "bob"}, "introduced", {("shop",)}),
    (
        "ties_of_person",
        {"person": "Ann"},
        "tie direction other certainty source",
        {
            ("EMPLOYS", "from", "bob", "inferred", "s"),
            ("shared identifier", "both", "bob", "inferred", None),
        },
    ),
    (
        "ties_of_person",
        {"person": "bob"},
        "tie direction other",
        {("EMPLOYS", "to", "ann"), ("shared identifier", "both", "ann")},
    ),
    ("ties_of_person", {"person": "dan"}, "tie direction other", {("KIN_OF", "both", "cid")}),
    # Ann and Cid both traded with Bob; Ann: d-2, p-2, Cid: d-3, p-7
    (
        "common_contacts",
        {"a": "cid", "b": "Ann"},
        "person other common events other_events",
        {("cid", "ann", "bob", 2, 2)},
    ),
    ("common_contacts", {"a": "eve", "b": "fay"}, "common events other_events", {("ann", 6, 1)}),
    # with one named, the other may be anybody
    (
        "common_contacts",
        {"b": "cid"},
        "person other common",
        {("ann", "cid", "bob"), ("fay", "cid", "dan")},
    ),
    # m-2 is the first, d-1 and p-1 the last of six: d-1, p-1, o-1, v-1, m-1, m-2
    (
        "first_last_contact",
        {"a": "e1", "b": "a1"},
        "account other contacts messages first_t0 first_t1 last_t0 last_t1",
        {("a1", "e1", 6, 2, *T["2020-01-05"], *T["2020-03-01"])},
    ),
    (
        "first_last_contact",
        {"a": "ann_on_wechat"},
        "account other contacts",
        {("a1", "e1", 6), ("a1", "b1", 2), ("a1", "f1", 1), ("a1", "old", 1)},
    ),
    # the case ends with o-2 in May 2020
    (
        "silent_accounts",
        {},
        "account persons events last_t0 last_t1",
        {
            ("a2", 2, 0, None, None),
            ("a3", 1, 0, None, None),
            ("lone", 0, 0, None, None),
            ("old", 0, 1, *T["2019-06-01"]),
        },
    ),
    (
        "batch_deals",
        {"batch": "A list"},
        "deal surely_earlier maybe_earlier seller value_minor",
        {
            ("d-1", 0, 0, "e1", 10000),
            ("d-2", 1, 1, "a1", 25000),
            ("d-3", 2, 2, "b1", 40000),
            ("d-4", 3, 3, "c1", None),
            ("d-5", 4, 4, "d1", 60000),
        },
    ),
    # the order of deals of one month is not known
    (
        "batch_deals",
        {"batch": "part"},
        "deal live surely_earlier maybe_earlier",
        {("d-6", True, 0, 2), ("d-7", False, 0, 2), ("d-8", True, 0, 2)},
    ),
    # Ann and Bob used one device and Cid is Dan's kin: so d-3 may follow d-1, and d-5 d-3
    (
        "batch_path",
        {"batch": "list"},
        "hand deal after sold_by bought_by hands more",
        {
            (1, "d-1", None, "Eve", "Ann", None, True),
            (2, "d-2", "d-1", "Ann", "Bob", 3, True),
            (2, "d-3", "d-1", "Bob", "Cid", 2, True),
            (3, "d-3", "d-2", "Bob", "Cid", 3, True),
            (3, "d-4", "d-3", "Cid", "Dan", 3, True),
            (3, "d-5", "d-3", "Dan", "Fay", 2, False),
            (4, "d-4", "d-3", "Cid", "Dan", 3, True),
            (4, "d-5", "d-3", "Dan", "Fay", 2, False),
            (4, "d-5", "d-4", "Dan", "Fay", 3, False),
        },
    ),
    # the cancelled deal counts nothing, the gift has no number and no price
    (
        "biggest_buyers",
        {"batch": "part"},
        "buyer deals records records_bound value_minor value_bound unpriced shared",
        {("fay", 2, 50, "at_least", 2000, "at_least", 1, 0)},
    ),
    (
        "biggest_buyers",
        {"batch": "list"},
        "buyer records records_bound value_minor value_bound",
        {
            ("ann", 1000, "exact", 10000, "exact"),
            ("bob", 1000, "exact", 25000, "exact"),
            ("cid", 1000, "exact", 40000, "at_least"),
            ("dan", 1000, "exact", 0, "at_least"),
            ("fay", 1000, "exact", 60000, "exact"),
        },
    ),
    ("biggest_buyers", {"least": 1001}, "buyer", set()),
    # 0.25 / 0.10; at least 400 / 100
    (
        "price_rises",
        {},
        "bought sold seller ratio ratio_bound hands",
        {("d-1", "d-2", "ann", 2.5, "exact", 3), ("d-1", "d-3", "bob", 4.0, "at_least", 2)},
    ),
    ("price_rises", {"factor": 3}, "bought sold", {("d-1", "d-3")}),
    (
        "unpriced_deals",
        {},
        "deal seller buyer payments claims offers",
        {("d-4", "c1", "d1", 0, 0, 1)},
    ),
    ("unpriced_deals", {"kind": None}, "deal kind", {("d-4", "sale"), ("d-8", "gift")}),
    # of the 15.00 for d-6 5.00 went back
    (
        "unpaid_deals",
        {},
        "deal value_minor value_bound paid_minor paid_bound short_minor payments",
        {
            ("d-2", 25000, "exact", 20000, "exact", 5000, 1),
            ("d-6", 2000, "exact", 1000, "exact", 1000, 1),
            ("d-3", 40000, "at_least", 0, "exact", 40000, 0),
            ("d-5", 60000, "exact", 0, "exact", 60000, 0),
        },
    ),
    ("unpaid_deals", {"least_minor": 40001}, "deal", {("d-5",)}),
    # p-5 pays back; p-7 may be for d-3, which has another currency
    (
        "paid_without_deal",
        {},
        "payment payer payee amount_minor amount_bound currency status deals_near",
        {
            ("p-3", "Ann", "Fay", 18000, "about", "CNY", "ok", 0),
            ("p-6", "Fay", "Dan", 700, "exact", "CNY", "failed", 0),
            ("p-7", "Cid", "Bob", 900, "exact", "USD", "ok", 0),
        },
    ),
    # p-2 was paid at noon of the day of d-2, the day after d-1
    (
        "payments_near_deals",
        {"person": "Ann"},
        "payment payment_role deal deal_role settles sure",
        {
            ("p-1", "PAYER", "d-1", "BUYER", True, True),
            ("p-1", "PAYER", "d-2", "SELLER", False, False),
            ("p-2", "PAYEE", "d-1", "BUYER", False, False),
            ("p-2", "PAYEE", "d-2", "SELLER", True, True),
        },
    ),
    (
        "payments_near_deals",
        {"person": "Ann", "days": 0},
        "payment deal sure",
        {("p-1", "d-1", False), ("p-2", "d-2", False)},
    ),
    (
        "money_by_person",
        {},
        "person currency received received_minor received_bound paid paid_minor paid_bound",
        {
            ("ann", "CNY", 1, 20000, "exact", 2, 28000, "about"),
            ("bob", "CNY", 0, 0, "exact", 1, 20000, "exact"),
            ("bob", "USD", 1, 900, "exact", 0, 0, "exact"),
            ("cid", "USD", 0, 0, "exact", 1, 900, "exact"),
            ("eve", "CNY", 2, 11500, "exact", 1, 500, "exact"),
            ("fay", "CNY", 2, 18500, "about", 1, 1500, "exact"),
        },
    ),
    (
        "money_passed_on",
        {},
        "person payment_in in_minor payment_out out_minor share sure",
        {("ann", "p-2", 20000, "p-3", 18000, 0.9, True)},
    ),
    ("money_passed_on", {"share": 0.95}, "person", set()),
    # m-1 ends a second more than a day before d-1 begins; m-3 is of March, d-6 to d-8 of April
    (
        "messages_near_deals",
        {},
        "deal message about sure",
        {
            ("d-1", "m-2", True, False),
            ("d-4", "m-3", False, False),
            ("d-5", "m-3", False, False),
            ("d-6", "m-3", False, False),
            ("d-7", "m-3", False, False),
            ("d-8", "m-3", False, False),
        },
    ),
    (
        "messages_near_deals",
        {"deal": "d-1", "days": 3},
        "message about sure",
        {("m-2", True, False), ("m-1", False, True)},
    ),
    # o-2 comes after all deals of its batch
    (
        "offers_against_deals",
        {},
        "offer deal unit_difference_nano value_difference_minor decided",
        {("o-1", "d-1", 20_000_000, None, True)},
    ),
    (
        "claims_against_deals",
        {},
        "claim deal agent principal claimed_minor value_minor computed_minor stated_minor",
        {
            ("k-1", "d-2", "bob", "ann", 30000, 25000, 5000, None),
            ("k-2", None, "bob", "ann", None, None, None, 1200),
        },
    ),
    (
        "stated_incomes",
        {},
        "person income kind amount_minor amount_bound payments payments_minor deals",
        {
            ("eve", "i-1", "gross", 12000, "at_least", 2, 11500, 1),
            ("fay", "i-2", "unstated", 300, "exact", 0, None, 0),
        },
    ),
    (
        "sources_of_fact",
        {},
        "fact what certainty source title locator quote",
        {
            ("ann", "Person", "disputed", "s", "A statement", "page 1", "Ann was there"),
            ("t-job", "EMPLOYS", "inferred", "s", "A statement", "page 3", None),
            ("t-intro", "INTRODUCED", "stated", "s", "A statement", "page 2", None),
        },
    ),
    ("sources_of_fact", {"fact": "t-job"}, "fact locator", {("t-job", "page 3")}),
    (
        "unsure_facts",
        {},
        "fact what certainty source",
        {("ann", "Person", "disputed", "s"), ("t-job", "EMPLOYS", "inferred", "s")},
    ),
    ("unsure_facts", {"certainty": "disputed"}, "fact", {("ann",)}),
]

IN_QINGDAO: list[Asked] = [
    ("many_accounts", {}, "person", set()),
    (
        "many_accounts",
        {"least": 2},
        "person account basis",
        {
            ("dong", "dong-wx", "controls"),
            ("dong", "dong-wx", "holds"),
            ("dong", "wang-wx", "controls"),
        },
    ),
    (
        "borrowed_accounts",
        {},
        "person account other other_basis sure",
        {
            ("dong", "wang-wx", "wang", "controls", False),
            ("dong", "wang-wx", "wang", "holds", False),
            ("wang", "wang-wx", "dong", "controls", False),
        },
    ),
    ("shared_identifiers", {}, "identifier", set()),
    (
        "shown_names",
        {},
        "persona account to person",
        {
            ("crawler", "seller-1-wx", "dong", "seller-1"),
            ("crawler", "wang-wx", "wu", "dong"),
            ("crawler", "wang-wx", "wu", "wang"),
        },
    ),
    ("introductions", {}, "person", set()),
    (
        "ties_of_person",
        {"person": "董某某"},
        "tie direction other certainty locator",
        {
            ("SPOUSE_OF", "both", "wang", "stated", "第4行"),
            ("AGENT_OF", "from", "wu", "stated", "第3行"),
            ("EMPLOYS", "to", "company", "stated", "第2行"),
            ("shared account", "both", "wang", "inferred", None),
        },
    ),
    (
        "common_contacts",
        {"a": "wu", "b": "seller-2"},
        "person other common events other_events",
        {("wu", "seller-2", "dong", 2, 2), ("wu", "seller-2", "wang", 1, 2)},
    ),
    (
        "first_last_contact",
        {"b": "wu-wx"},
        "account other contacts messages",
        {("dong-wx", "wu-wx", 1, 0), ("wang-wx", "wu-wx", 1, 0)},
    ),
    ("silent_accounts", {}, "account", set()),
    (
        "batch_deals",
        {"batch": "b2"},
        "deal surely_earlier seller buyer quantity free_quantity unit_price_nano value_minor",
        {
            ("deal-3", 0, "seller-2-wx", "wang-wx", 30000, 7002, 150_000_000, 450_000),
            ("deal-4", 1, "wang-wx", "wu-wx", 30000, 7002, 550_000_000, 1_650_000),
        },
    ),
    # the order of deal-1 and deal-2 is not stated
    (
        "batch_deals",
        {"batch": "b1"},
        "deal surely_earlier maybe_earlier value_minor",
        {("deal-1", 0, 1, None), ("deal-2", 0, 1, None)},
    ),
    (
        "batch_path",
        {},
        "start hand deal after sold_by bought_by decided",
        {
            ("deal-1", 1, "deal-1", None, "第一个卖家", "董某某", None),
            ("deal-1", 2, "deal-2", "deal-1", "董某某", "吴某某", False),
            ("deal-3", 1, "deal-3", None, "另一名卖家", "董某某", None),
            ("deal-3", 1, "deal-3", None, "另一名卖家", "王某某", None),
            ("deal-3", 2, "deal-4", "deal-3", "董某某", "吴某某", True),
            ("deal-3", 2, "deal-4", "deal-3", "王某某", "吴某某", True),
        },
    ),
    (
        "biggest_buyers",
        {},
        "batch buyer records records_bound free_records value_minor value_bound unpriced shared",
        {
            ("b1", "dong", 8000, "at_least", 0, 0, "at_least", 1, 0),
            ("b1", "wu", 8000, "at_least", 0, 0, "at_least", 1, 0),
            ("b2", "dong", 30000, "exact", 7002, 450_000, "exact", 0, 1),
            ("b2", "wang", 30000, "exact", 7002, 450_000, "exact", 0, 1),
            ("b2", "wu", 30000, "exact", 7002, 1_650_000, "exact", 0, 0),
        },
    ),
    (
        "price_rises",
        {},
        "bought sold seller ratio ratio_bound",
        {
            ("deal-3", "deal-4", "dong", 550 / 150, "exact"),
            ("deal-3", "deal-4", "wang", 550 / 150, "exact"),
        },
    ),
    ("unpriced_deals", {}, "deal payments claims", {("deal-1", 0, 1), ("deal-2", 0, 0)}),
    (
        "unpaid_deals",
        {},
        "deal value_minor paid_minor short_minor",
        {("deal-4", 1_650_000, 0, 1_650_000)},
    ),
    ("paid_without_deal", {}, "payment", set()),
    (
        "payments_near_deals",
        {"person": "wang"},
        "payment deal settles sure",
        {("pay-1", "deal-3", True, False), ("pay-1", "deal-4", False, False)},
    ),
    (
        "money_by_person",
        {},
        "person currency received_minor paid_minor shared",
        {
            ("dong", "CNY", 0, 450_000, 1),
            ("wang", "CNY", 0, 450_000, 1),
            ("seller-2", "CNY", 450_000, 0, 0),
        },
    ),
    ("money_passed_on", {}, "person", set()),
    ("messages_near_deals", {}, "deal", set()),
    ("offers_against_deals", {}, "offer", set()),
    (
        "claims_against_deals",
        {},
        "claim deal agent principal claimed_quantity computed_minor stated_minor stated_bound",
        {("claim-1", "deal-1", "dong", "wu", 8000, None, 140_000, "about")},
    ),
    ("stated_incomes", {}, "person", set()),
    (
        "sources_of_fact",
        {"fact": "tie-couple"},
        "what source locator quote",
        {("SPOUSE_OF", "report", "第4行", "董某某的妻子是王某某")},
    ),
    (
        "unsure_facts",
        {},
        "fact what",
        {(f"{name}-wx", "Account") for name in ("wu", "dong", "seller-1", "seller-2")}
        | {(f"{name}-wx;HOLDS", "HOLDS") for name in ("wu", "dong", "seller-1", "seller-2")}
        | {(f"control-{name}", "CONTROLS") for name in ("wu", "dong", "seller-1", "seller-2")}
        | {("pay-1", "Payment")},
    ),
]

IN_INNOCENT: list[Asked] = [
    (
        "many_accounts",
        {"least": 1},
        "person account basis",
        {
            ("agent", "spouse-wx", "controls"),
            ("spouse", "spouse-wx", "controls"),
            ("spouse", "spouse-wx", "holds"),
            ("principal", "principal-wx", "holds"),
            ("supplier", "supplier-wx", "holds"),
        },
    ),
    (
        "borrowed_accounts",
        {"person": "agent"},
        "account other other_basis",
        {("spouse-wx", "spouse", "controls"), ("spouse-wx", "spouse", "holds")},
    ),
    ("shared_identifiers", {}, "identifier", set()),
    ("shown_names", {}, "persona", set()),
    ("introductions", {}, "person", set()),
    (
        "ties_of_person",
        {"person": "agent"},
        "tie direction other",
        {
            ("AGENT_OF", "from", "principal"),
            ("SPOUSE_OF", "both", "spouse"),
            ("shared account", "both", "spouse"),
        },
    ),
    (
        "common_contacts",
        {"a": "principal", "b": "supplier"},
        "common events other_events",
        {("agent", 2, 2), ("spouse", 2, 2)},
    ),
    (
        "first_last_contact",
        {},
        "account other contacts",
        {("principal-wx", "spouse-wx", 2), ("spouse-wx", "supplier-wx", 2)},
    ),
    ("silent_accounts", {}, "account", set()),
    (
        "batch_deals",
        {},
        "deal surely_earlier maybe_earlier value_minor",
        {("deal-1", 0, 0, 100_000), ("deal-2", 1, 1, 125_000)},
    ),
    (
        "batch_path",
        {},
        "hand deal sold_by bought_by more",
        {
            (1, "deal-1", "供货方", "代理人", True),
            (1, "deal-1", "供货方", "代理人的配偶", True),
            (2, "deal-2", "代理人", "委托方", False),
            (2, "deal-2", "代理人的配偶", "委托方", False),
        },
    ),
    (
        "biggest_buyers",
        {},
        "buyer records value_minor shared",
        {
            ("agent", 12500, 100_000, 1),
            ("spouse", 12500, 100_000, 1),
            ("principal", 12500, 125_000, 0),
        },
    ),
    ("price_rises", {}, "bought", set()),
    (
        "price_rises",
        {"factor": 1.25},
        "bought sold seller ratio",
        {("deal-1", "deal-2", "agent", 1.25), ("deal-1", "deal-2", "spouse", 1.25)},
    ),
    ("unpriced_deals", {}, "deal", set()),
    ("unpaid_deals", {}, "deal", set()),
    ("paid_without_deal", {}, "payment", set()),
    (
        "payments_near_deals",
        {"person": "principal"},
        "payment deal settles sure",
        {("pay-2", "deal-2", True, True)},
    ),
    (
        "money_by_person",
        {},
        "person received_minor paid_minor shared",
        {
            ("agent", 125_000, 100_000, 2),
            ("spouse", 125_000, 100_000, 2),
            ("principal", 0, 125_000, 0),
            ("supplier", 100_000, 0, 0),
        },
    ),
    ("money_passed_on", {}, "person", set()),
    ("messages_near_deals", {}, "deal", set()),
    ("offers_against_deals", {}, "offer", set()),
    (
        "claims_against_deals",
        {},
        "claim deal claimed_minor value_minor computed_minor",
        {("claim-1", "deal-1", 100_000, 100_000, 0)},
    ),
    ("stated_incomes", {}, "person", set()),
    ("sources_of_fact", {"fact": "pay-1"}, "what locator", {("Payment", "第7行")}),
    ("unsure_facts", {}, "fact", set()),
]
