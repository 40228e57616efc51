// typology: relay
// version: 1
// returns: bought, sold, upstream, bought_by, sold_by, buyer
// Somebody buys from one and sells the same goods to another: the buyer's side of the first deal is the
// seller's side of the second, and upstream, intermediary and buyer are different parties.
MATCH (d1:Deal)-[:RESALE]->(d2:Deal)
WHERE d2.kind = 'sale'
MATCH (d1)-[p1:PARTY]->(s) WHERE p1.role = 'SELLER'
MATCH (d1)-[p2:PARTY]->(x) WHERE p2.role = 'BUYER'
MATCH (d2)-[p3:PARTY]->(y) WHERE p3.role = 'SELLER'
MATCH (d2)-[p4:PARTY]->(b) WHERE p4.role = 'BUYER'
WITH d1, d2, collect(DISTINCT s.id) AS upstream, collect(DISTINCT x.id) AS bought_by,
     collect(DISTINCT y.id) AS sold_by, collect(DISTINCT b.id) AS buyer
WHERE none(i IN upstream WHERE i IN bought_by OR i IN sold_by OR i IN buyer)
  AND none(i IN buyer WHERE i IN bought_by OR i IN sold_by)
RETURN d1.id AS bought, d2.id AS sold, upstream, bought_by, sold_by, buyer
