// explore: many_accounts
// version: 1
// title: 一人多号 / Who acts through several accounts
// question: 哪些人通过不止两个账号行事？ / Who acts through more than two accounts?
// params: least
// least: integer; 至少几个账号; least number of accounts
// returns: person, name, accounts, account, platform, basis, strength, since_t0, since_t1, until_t0, until_t1
// :param least => 3
// One row an account. The times say when the person may act through it, so that accounts used one after the other
// can be told from accounts used side by side.
MATCH (p:Person)-[k:ACTS_THROUGH]->(a:Account)
WITH p, k, a, COUNT { MATCH (p)-[:ACTS_THROUGH]->(x:Account) RETURN DISTINCT x.id AS id } AS accounts
WHERE accounts >= $least
RETURN p.id AS person, p.name AS name, accounts, a.id AS account, a.platform AS platform, k.basis AS basis, k.strength AS strength,
       k.since_t0 AS since_t0, k.since_t1 AS since_t1, k.until_t0 AS until_t0, k.until_t1 AS until_t1
ORDER BY accounts DESC, person, account, basis, since_t0, since_t1, until_t0, until_t1
