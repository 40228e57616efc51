// explore: unsure_facts
// version: 1
// title: 推断与有争议的事实 / Facts that are inferred or disputed
// question: 案件表里哪些事实不是来源明载，而是推断的或有争议的？ / Which facts of the tables are not stated by a source but inferred or disputed?
// params: certainty
// certainty: text; 只看此种（inferred、disputed）; only these (inferred or disputed)
// returns: fact, what, certainty, source, locator, quote
// :param certainty => null
// Entities, events, ties and controls. What the program derives from them by rule is left out.
MATCH (n:Person|Account|Persona|Batch|Offer|Deal|Payment|Delivery|Message|Claim|Total|Income|Circumstance)
WHERE n.certainty <> 'stated' AND ($certainty IS NULL OR n.certainty = $certainty)
OPTIONAL MATCH (n)-[f:FROM_SOURCE]->(s:Source)
RETURN n.id AS fact, head(labels(n)) AS what, n.certainty AS certainty, s.id AS source, f.locator AS locator, f.quote AS quote
UNION ALL
MATCH ()-[r:CONTROLS|HOLDS|PRESENTS_AS|USED|SPOUSE_OF|KIN_OF|PARTNER_OF|ASSOCIATE_OF|EMPLOYS|OWNS|AGENT_OF|INTRODUCED|MEMBER_OF]->()
WHERE r.certainty <> 'stated' AND ($certainty IS NULL OR r.certainty = $certainty)
RETURN r.id AS fact, type(r) AS what, r.certainty AS certainty, r.source AS source, r.locator AS locator, r.quote AS quote
