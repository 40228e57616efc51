// typology: shared_control
// version: 1
// params: max_accounts
// returns: one, other, kind, link, facts
// Different names, one hand: two accounts that no one person is the registered holder of, both party to an event, that
// used one identifier, or that one person controls who holds neither. One row a link; which links are enough is said by
// the module. Identifiers that too many accounts used link nobody.
MATCH (i:Identifier)<-[:USED]-(z:Account)
WITH i, count(DISTINCT z.id) AS users
WHERE users > 1 AND users <= $max_accounts
MATCH (a:Account)-[u:USED]->(i)<-[v:USED]-(b:Account)
WHERE a.id < b.id
  AND NOT EXISTS { (a)<-[:HOLDS]-(:Person)-[:HOLDS]->(b) }
  AND EXISTS { (e)-[:SELLER|BUYER|PAYER|PAYEE|SENDER|RECEIVER|OFFERED_BY|OFFERED_TO|AUTHOR|READER]->(a) }
  AND EXISTS { (e)-[:SELLER|BUYER|PAYER|PAYEE|SENDER|RECEIVER|OFFERED_BY|OFFERED_TO|AUTHOR|READER]->(b) }
RETURN DISTINCT a.id AS one, b.id AS other, i.kind AS kind, i.id AS link, [u.id, v.id] AS facts
UNION
MATCH (a:Account)<-[c:CONTROLS]-(o:Person)-[d:CONTROLS]->(b:Account)
WHERE a.id < b.id
  AND NOT EXISTS { (o)-[:HOLDS]->(a) } AND NOT EXISTS { (o)-[:HOLDS]->(b) }
  AND NOT EXISTS { (a)<-[:HOLDS]-(:Person)-[:HOLDS]->(b) }
  AND EXISTS { (e)-[:SELLER|BUYER|PAYER|PAYEE|SENDER|RECEIVER|OFFERED_BY|OFFERED_TO|AUTHOR|READER]->(a) }
  AND EXISTS { (e)-[:SELLER|BUYER|PAYER|PAYEE|SENDER|RECEIVER|OFFERED_BY|OFFERED_TO|AUTHOR|READER]->(b) }
RETURN DISTINCT a.id AS one, b.id AS other, 'person' AS kind, o.id AS link, [c.id, d.id] AS facts
