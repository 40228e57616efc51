// explore: unpaid_deals
// version: 1
// title: 未付或少付的交易 / Deals paid in part or not at all
// question: 哪些交易记载的付款少于价款？ / For which deals do the recorded payments fall short of the price?
// params: least_minor
// least_minor: integer; 至少差多少（最小货币单位）; short by at least this much (minor units)
// returns: deal, time, t0, t1, value_minor, value_bound, paid_minor, paid_bound, short_minor, currency, payments
// :param least_minor => 1
// Counted are payments that settle the deal, in its currency, less what was paid back; failed and void ones are left out. That no
// payment is recorded does not mean that none was made. A bound is `mixed` where the parts of a sum say nothing together.
MATCH (d:Deal)
WHERE d.live AND d.value_minor > 0
OPTIONAL MATCH (d)<-[:SETTLES]-(m:Payment)
WHERE coalesce(m.status, 'ok') = 'ok' AND m.currency = d.currency
OPTIONAL MATCH (m)<-[:REFUNDS]-(f:Payment)
WHERE coalesce(f.status, 'ok') = 'ok' AND f.currency = d.currency
WITH d, m, coalesce(m.amount_minor, 0) - sum(coalesce(f.amount_minor, 0)) AS kept, sum(CASE WHEN f.amount_bound <> 'exact' THEN 1 ELSE 0 END) AS unsure
WITH d, count(m) AS payments, sum(kept) AS paid_minor, sum(unsure) AS unsure, collect(DISTINCT coalesce(m.amount_bound, 'exact')) AS bounds
WITH d, payments, paid_minor, unsure, bounds, d.value_minor - paid_minor AS short_minor
WHERE short_minor >= $least_minor
RETURN d.id AS deal, d.time AS time, d.t0 AS t0, d.t1 AS t1, d.value_minor AS value_minor, d.value_bound AS value_bound, paid_minor,
       CASE WHEN unsure > 0 THEN 'mixed' WHEN all(m IN bounds WHERE m = 'exact') THEN 'exact'
            WHEN all(m IN bounds WHERE m IN ['exact', 'at_least']) THEN 'at_least'
            WHEN all(m IN bounds WHERE m IN ['exact', 'at_most']) THEN 'at_most' WHEN all(m IN bounds WHERE m IN ['exact', 'about']) THEN 'about'
            ELSE 'mixed' END AS paid_bound,
       short_minor, d.currency AS currency, payments
ORDER BY short_minor DESC, deal
