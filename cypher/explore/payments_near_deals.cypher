// explore: payments_near_deals
// version: 1
// title: 交易前后的付款 / Payments of a person close to a deal
// question: 此人在某笔交易前后一天之内付过或收过哪些款？ / Which payments did a person make or get within a day of a deal of theirs?
// params: person, days
// person: person; 只看此人; only this person
// days: integer; 相隔至多几天; at most this many days apart
// returns: person, name, payment, payment_role, amount_minor, amount_bound, currency, payment_t0, payment_t1, deal, deal_role, deal_t0, deal_t1, settles, sure
// :param person => null
// :param days => 1
// Every pair that may be so close; `sure` says whether it surely is, whatever the exact times. `settles` says whether the payment
// is recorded as one for this deal. Payments that failed and deals that were cancelled or paid back are left out.
MATCH (m:Payment)-[p:PARTY]->(x:Person)<-[q:PARTY]-(d:Deal)
WHERE ($person IS NULL OR $person IN [x.id, x.name]) AND coalesce(m.status, 'ok') <> 'failed' AND d.live
  AND m.t0 - d.t1 <= $days * 86400 AND d.t0 - m.t1 <= $days * 86400
RETURN DISTINCT x.id AS person, x.name AS name, m.id AS payment, p.role AS payment_role, m.amount_minor AS amount_minor, m.amount_bound AS amount_bound,
       m.currency AS currency, m.t0 AS payment_t0, m.t1 AS payment_t1, d.id AS deal, q.role AS deal_role, d.t0 AS deal_t0, d.t1 AS deal_t1,
       EXISTS { (m)-[:SETTLES]->(d) } AS settles,
       m.t1 - d.t0 <= $days * 86400 AND d.t1 - m.t0 <= $days * 86400 AS sure
ORDER BY person, payment_t0, payment_t1, payment, payment_role, deal_t0, deal_t1, deal, deal_role
