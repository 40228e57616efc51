// explore: paid_without_deal
// version: 1
// title: 没有对应交易的付款 / Who paid without a deal
// question: 哪些付款没有对应的交易？附近有没有可能对应的交易？ / Which payments settle no deal, and is there a deal nearby that they might settle?
// params: days
// days: integer; 相隔至多几天的交易算作附近; deals at most this many days apart are nearby
// returns: payment, time, t0, t1, payer, payer_account, payee, payee_account, amount_minor, amount_bound, currency, channel, status, deals_near
// :param days => 7
// Refunds are left out. `deals_near` counts the live deals in which the payee's account sells to the payer's and which, in its currency, may lie
// within so many days. One row for each pair of persons who may act through the two accounts.
MATCH (m:Payment)
WHERE NOT EXISTS { (m)-[:SETTLES]->(:Deal) } AND NOT EXISTS { (m)-[:REFUNDS]->(:Payment) }
OPTIONAL MATCH (m)-[:PAYER]->(a:Account)
OPTIONAL MATCH (m)-[:PAYEE]->(b:Account)
OPTIONAL MATCH (m)-[p:PARTY]->(x) WHERE p.role = 'PAYER'
OPTIONAL MATCH (m)-[q:PARTY]->(y) WHERE q.role = 'PAYEE'
RETURN DISTINCT m.id AS payment, m.time AS time, m.t0 AS t0, m.t1 AS t1, coalesce(x.name, x.id) AS payer, a.id AS payer_account,
       coalesce(y.name, y.id) AS payee, b.id AS payee_account, m.amount_minor AS amount_minor, m.amount_bound AS amount_bound,
       m.currency AS currency, m.channel AS channel, m.status AS status,
       COUNT { MATCH (b)<-[:SELLER]-(d:Deal)-[:BUYER]->(a)
               WHERE d.live AND (d.currency IS NULL OR m.currency IS NULL OR d.currency = m.currency)
                 AND m.t0 - d.t1 <= $days * 86400 AND d.t0 - m.t1 <= $days * 86400 } AS deals_near
ORDER BY t0, t1, payment, payer, payee
