// typology: pass_through
// version: 1
// params: window_hours, lead_ratio
// returns: incoming, outgoing
// A payment to somebody who then pays a third: one currency, in not surely after out, the least gap within the window
// or the passing on stated, and not more in than out at the least ratio explains. Payer, hand and payee differ.
// One account of which nobody is known at one of the two payments is one party.
MATCH (y)<-[p:PARTY]-(i:Payment)-[q:PARTY]->(m)<-[r:PARTY]-(o:Payment)-[s:PARTY]->(z)
WHERE p.role = 'PAYER' AND q.role = 'PAYEE' AND r.role = 'PAYER' AND s.role = 'PAYEE'
  AND i.id <> o.id AND y.id <> m.id AND m.id <> z.id AND y.id <> z.id
  AND i.status = 'ok' AND o.status = 'ok' AND i.currency = o.currency
  AND i.t0 <= o.t1 AND o.t0 - i.t1 <= $window_hours * 3600
  AND (i.amount_bound <> 'exact' OR o.amount_bound <> 'exact' OR i.amount_minor * $lead_ratio <= o.amount_minor)
  AND NOT EXISTS { (o)-[:BEFORE]->(i) }
RETURN DISTINCT i.id AS incoming, o.id AS outgoing
UNION
MATCH (i:Payment)<-[:CONCERNS]-(k:Circumstance)-[:CONCERNS]->(o:Payment)
WHERE k.kind = 'share' AND i.id <> o.id AND i.status = 'ok' AND o.status = 'ok'
  AND i.currency = o.currency AND i.t0 <= o.t1 AND NOT EXISTS { (o)-[:BEFORE]->(i) }
RETURN DISTINCT i.id AS incoming, o.id AS outgoing
UNION
MATCH (i:Payment)-[q:PARTY]->(m), (o:Payment)-[r:PARTY]->(n)
WHERE q.role = 'PAYEE' AND r.role = 'PAYER' AND q.account = r.account AND i.id <> o.id
  AND ((m:Person AND n:Account) OR (m:Account AND n:Person))
  AND i.status = 'ok' AND o.status = 'ok' AND i.currency = o.currency
  AND i.t0 <= o.t1 AND o.t0 - i.t1 <= $window_hours * 3600
  AND (i.amount_bound <> 'exact' OR o.amount_bound <> 'exact' OR i.amount_minor * $lead_ratio <= o.amount_minor)
  AND NOT EXISTS { (o)-[:BEFORE]->(i) }
RETURN DISTINCT i.id AS incoming, o.id AS outgoing
