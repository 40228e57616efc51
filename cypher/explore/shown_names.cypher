// explore: shown_names
// version: 1
// title: 一名多号 / Names that several accounts show
// question: 哪些网名由好几个账号显示？是谁在用？ / Which names are shown by several accounts, and who is behind them?
// params: least
// least: integer; 至少几个账号; least number of accounts
// returns: key, accounts, persona, shown_name, account, platform, to, person, name, since_t0, since_t1, until_t0, until_t1
// :param least => 2
// Names that look alike count as one: `key` is the name normalised. `to` is the audience, null where anybody sees it.
MATCH (n:Persona)<-[s:PRESENTS_AS]-(a:Account)
WITH n, s, a, COUNT { MATCH (m:Persona)<-[:PRESENTS_AS]-(x:Account) WHERE m.key = n.key RETURN DISTINCT x.id AS id } AS accounts
WHERE accounts >= $least
OPTIONAL MATCH (a)<-[:ACTS_THROUGH]-(p:Person)
RETURN DISTINCT n.key AS key, accounts, n.id AS persona, n.name AS shown_name, a.id AS account, a.platform AS platform, s.to AS to,
       p.id AS person, p.name AS name, s.since_t0 AS since_t0, s.since_t1 AS since_t1, s.until_t0 AS until_t0, s.until_t1 AS until_t1
ORDER BY key, persona, account, to, person, since_t0, since_t1, until_t0, until_t1
