// explore: stated_incomes
// version: 1
// title: 来源所载收入 / Stated incomes
// question: 来源说各人得了多少？与所列付款相差多少？ / What does a source say each person earned, and what do the payments it is about add up to?
// params: person
// person: person; 只看此人; only this person
// returns: person, name, income, kind, amount_minor, amount_bound, currency, payments, payments_minor, deals, source, locator, quote
// :param person => null
// `payments_minor` adds up the payments that the statement is about, of its currency; it is null where it names none.
MATCH (p:Person)-[:EARNED]->(i:Income)
WHERE $person IS NULL OR $person IN [p.id, p.name]
OPTIONAL MATCH (i)-[:COVERS]->(m:Payment)
WHERE m.currency = i.currency
WITH p, i, count(DISTINCT m) AS payments, CASE WHEN count(m) = 0 THEN null ELSE sum(m.amount_minor) END AS payments_minor
OPTIONAL MATCH (i)-[f:FROM_SOURCE]->(s:Source)
RETURN p.id AS person, p.name AS name, i.id AS income, i.kind AS kind, i.amount_minor AS amount_minor, i.bound AS amount_bound, i.currency AS currency,
       payments, payments_minor, COUNT { (i)-[:COVERS]->(:Deal) } AS deals, s.id AS source, f.locator AS locator, f.quote AS quote
ORDER BY person, income, source, locator
