// typology: insider_leak
// version: 1
// params: grace_days
// returns: insider, employer, event
// An employee hands over goods, by a deal or by a delivery for none, while employed or soon after, and the goods are
// linked to the employer: the same as, or linked to, goods that an account of the employer delivered, or a source says
// that they come from there. That nobody else sold them before is asked afterwards.
MATCH (m:Person)-[t:EMPLOYS]->(i:Person)<-[p:PARTY]-(e:Deal|Delivery)-[:FOR_BATCH]->(b:Batch)
WHERE m.kind = 'organisation' AND t.since_t0 <= e.t1 AND t.until_t1 >= e.t0 - $grace_days * 86400
  AND ((p.role = 'SELLER' AND e.live AND e.kind <> 'sample')
    OR (p.role = 'SENDER' AND NOT EXISTS { (e)-[:FULFILS]->(:Deal) }))
MATCH (m)-[:ACTS_THROUGH]->(:Account)<-[:SENDER]-(x:Delivery)-[:FULFILS|FOR_BATCH*1..2]->(o:Batch)
WHERE o.goods = b.goods AND x.id <> e.id
RETURN DISTINCT i.id AS insider, m.id AS employer, e.id AS event
UNION
MATCH (m:Person)-[t:EMPLOYS]->(i:Person)<-[p:PARTY]-(e:Deal|Delivery)-[:FOR_BATCH]->(b:Batch)
WHERE m.kind = 'organisation' AND t.since_t0 <= e.t1 AND t.until_t1 >= e.t0 - $grace_days * 86400
  AND ((p.role = 'SELLER' AND e.live AND e.kind <> 'sample')
    OR (p.role = 'SENDER' AND NOT EXISTS { (e)-[:FULFILS]->(:Deal) }))
MATCH (c:Batch)-[:LINKED_BATCH|SAME_BATCH]-(n:Batch), (o:Batch)
WHERE c.goods = b.goods AND o.goods = n.goods
MATCH (m)-[:ACTS_THROUGH]->(:Account)<-[:SENDER]-(x:Delivery)-[:FULFILS|FOR_BATCH*1..2]->(o)
WHERE x.id <> e.id
RETURN DISTINCT i.id AS insider, m.id AS employer, e.id AS event
UNION
MATCH (c:Circumstance)-[:CIRCUMSTANCE_PARTY]->(y)<-[:ACTS_THROUGH*0..1]-(m:Person)-[t:EMPLOYS]->(i:Person)
      <-[p:PARTY]-(e:Deal|Delivery)
WHERE c.kind = 'origin' AND m.kind = 'organisation'
  AND t.since_t0 <= e.t1 AND t.until_t1 >= e.t0 - $grace_days * 86400
  AND ((p.role = 'SELLER' AND e.live AND e.kind <> 'sample')
    OR (p.role = 'SENDER' AND NOT EXISTS { (e)-[:FULFILS]->(:Deal) }))
  AND (EXISTS { (c)-[:CONCERNS]->(e) } OR EXISTS { (c)-[:CONCERNS]->(:Message)-[:ABOUT]->(e) }
    OR EXISTS { MATCH (c)-[:CONCERNS]->(n:Batch), (e)-[:FOR_BATCH]->(b:Batch) WHERE n.goods = b.goods })
RETURN DISTINCT i.id AS insider, m.id AS employer, e.id AS event
