// explore: first_last_contact
// version: 1
// title: 首次与最后联系 / First and last contact of two accounts
// question: 两个账号最早和最晚何时有往来？往来几次？ / When did two accounts first and last have to do with each other, and how often?
// params: a, b
// a: account; 其中一个账号; one of the two accounts
// b: account; 另一个账号; the other account
// returns: account, other, contacts, messages, first_t0, first_t1, last_t0, last_t1
// :param a => null
// :param b => null
// Messages, offers, deals, payments and deliveries between the two, in either direction. The first contact lies
// between `first_t0` and `first_t1`, the last between `last_t0` and `last_t1`.
MATCH (e)-[r:AUTHOR|SELLER|BUYER|PAYER|PAYEE|SENDER|RECEIVER|OFFERED_BY|OFFERED_TO|READER]->(x:Account), (e)-[s:AUTHOR|SELLER|BUYER|PAYER|PAYEE|SENDER|RECEIVER|OFFERED_BY|OFFERED_TO|READER]->(y:Account)
WHERE x.id < y.id AND type(r) <> type(s)
  AND (($a IS NULL OR $a IN [x.id, x.handle]) AND ($b IS NULL OR $b IN [y.id, y.handle])
    OR ($a IS NULL OR $a IN [y.id, y.handle]) AND ($b IS NULL OR $b IN [x.id, x.handle]))
WITH DISTINCT x.id AS account, y.id AS other, e
RETURN account, other, count(*) AS contacts, sum(CASE WHEN e:Message THEN 1 ELSE 0 END) AS messages,
       min(e.t0) AS first_t0, min(e.t1) AS first_t1, max(e.t0) AS last_t0, max(e.t1) AS last_t1
ORDER BY contacts DESC, account, other
