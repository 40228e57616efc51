// explore: money_passed_on
// version: 1
// title: 快进快出 / Money passed on
// question: 谁收到钱后不久就把差不多的数目转了出去？ / Who passed on nearly the same amount soon after getting it?
// params: days, share
// days: integer; 相隔至多几天; at most this many days later
// share: float; 转出至少占收入的几成（0 到 1）; passed on at least this share of what came in (0 to 1)
// returns: person, name, payment_in, in_minor, from_account, payment_out, out_minor, to_account, share, currency, in_t0, in_t1, out_t0, out_t1, sure
// :param days => 3
// :param share => 0.8
// Every pair of payments of one currency that may follow each other so closely; `sure` says whether it surely does. Not more may go
// out than came in. A payment back to the account it came from is no passing on, a payment between two accounts of one
// person is. Payments that failed or were paid back are left out.
MATCH (m:Payment)-[p:PARTY]->(x)<-[q:PARTY]-(n:Payment)
WHERE p.role = 'PAYEE' AND q.role = 'PAYER' AND m.id <> n.id AND coalesce(m.status, 'ok') = 'ok' AND coalesce(n.status, 'ok') = 'ok' AND m.currency = n.currency
  AND m.amount_minor > 0 AND n.amount_minor <= m.amount_minor AND n.amount_minor >= $share * m.amount_minor
  AND m.t0 <= n.t1 AND n.t0 - m.t1 <= $days * 86400 AND NOT EXISTS { (n)-[:BEFORE]->(m) }
MATCH (m)-[:PAYER]->(a:Account), (n)-[:PAYEE]->(b:Account)
WHERE a.id <> b.id
RETURN DISTINCT x.id AS person, coalesce(x.name, x.id) AS name, m.id AS payment_in, m.amount_minor AS in_minor, a.id AS from_account,
       n.id AS payment_out, n.amount_minor AS out_minor, b.id AS to_account, toFloat(n.amount_minor) / m.amount_minor AS share, m.currency AS currency,
       m.t0 AS in_t0, m.t1 AS in_t1, n.t0 AS out_t0, n.t1 AS out_t1,
       (m.t1 < n.t0 OR EXISTS { (m)-[:BEFORE]->(n) }) AND n.t1 - m.t0 <= $days * 86400 AS sure
ORDER BY person, in_t0, in_t1, payment_in, out_t0, out_t1, payment_out
