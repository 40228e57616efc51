// explore: sources_of_fact
// version: 1
// title: 事实的来源 / Sources of a fact
// question: 这项事实出自哪里？原文怎么说？ / Where is this fact stated, and in which words?
// params: fact
// fact: fact; 只看此项事实; only this fact
// returns: fact, what, certainty, source, title, exhibit, locator, quote
// :param fact => null
// Entities and events, then ties, controls and other links that have a citation of their own. What a source does not state is
// not listed: derived links rest on other facts.
MATCH (n)-[f:FROM_SOURCE]->(s:Source)
WHERE $fact IS NULL OR n.id = $fact
RETURN n.id AS fact, head(labels(n)) AS what, n.certainty AS certainty, s.id AS source, s.title AS title, s.exhibit AS exhibit,
       f.locator AS locator, f.quote AS quote
UNION ALL
MATCH ()-[r:CONTROLS|HOLDS|PRESENTS_AS|ESTABLISHED|USED|SPOUSE_OF|KIN_OF|PARTNER_OF|ASSOCIATE_OF|EMPLOYS|OWNS|AGENT_OF|INTRODUCED|MEMBER_OF|HAS|EARNED|LINKED_BATCH]->()
WHERE ($fact IS NULL OR r.id = $fact) AND r.source IS NOT NULL
OPTIONAL MATCH (s:Source)
WHERE s.id = r.source
RETURN r.id AS fact, type(r) AS what, r.certainty AS certainty, r.source AS source, s.title AS title, s.exhibit AS exhibit,
       r.locator AS locator, r.quote AS quote
