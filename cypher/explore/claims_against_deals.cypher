// explore: claims_against_deals
// version: 1
// title: 报账与实付 / Reports against deals
// question: 经手人报的数目与实际成交相差多少？ / How does what an agent reported differ from the deal it is about?
// params: agent
// agent: person; 只看此经手人; only this agent
// returns: claim, deal, agent, agent_name, principal, principal_name, claimed_quantity, claimed_quantity_bound, quantity, quantity_bound, claimed_minor, claimed_bound, value_minor, value_bound, computed_minor, stated_minor, stated_bound, currency, t0, t1
// :param agent => null
// `computed_minor` is what was reported less the value of the deal, null where one is not known or the currencies differ; `stated_minor`
// is a difference that the source itself states. A report that names no deal has none beside it.
MATCH (c:Claim)-[:CLAIMED_BY]->(a:Person)
WHERE $agent IS NULL OR $agent IN [a.id, a.name]
OPTIONAL MATCH (c)-[:CLAIMED_TO]->(p:Person)
OPTIONAL MATCH (c)-[:ABOUT]->(d:Deal)
RETURN c.id AS claim, d.id AS deal, a.id AS agent, a.name AS agent_name, p.id AS principal, p.name AS principal_name,
       c.quantity AS claimed_quantity, c.quantity_bound AS claimed_quantity_bound, d.quantity AS quantity, d.quantity_bound AS quantity_bound,
       c.value_minor AS claimed_minor, c.value_bound AS claimed_bound, d.value_minor AS value_minor, d.value_bound AS value_bound,
       CASE WHEN c.currency = d.currency THEN c.value_minor - d.value_minor ELSE null END AS computed_minor,
       c.difference_minor AS stated_minor, c.difference_bound AS stated_bound, c.currency AS currency, c.t0 AS t0, c.t1 AS t1
ORDER BY t0, t1, claim, deal, agent, principal
