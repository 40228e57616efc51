// explore: batch_path
// version: 1
// title: 货的去向 / The path of a batch, hand over hand
// question: 这批数据从谁到谁，一手一手怎样转卖，最多四手？ / How did this batch go from hand to hand, up to four deals?
// params: batch
// batch: batch; 只看从此批次开始的路径; only paths that begin with this batch
// returns: start, hand, deal, after, sold_by, bought_by, t0, t1, hands, shown, decided, quantity, quantity_bound, value_minor, value_bound, currency, more
// :param batch => null
// A path begins with a deal that surely follows no other of the same goods. `hand` is the place of the deal in it, from
// 1 to 4, `after` the deal it follows, `hands` how the two are joined: 3 the same party, 2 related, 1 one stands for the other;
// `shown` whether the goods are shown to be the same, `decided` whether the order of the two is, `more` whether the goods went
// further from here. One row for each pair of parties.
MATCH (s:Deal)
WHERE EXISTS { (s)-[:RESALE]->(:Deal) } AND NOT EXISTS { MATCH (:Deal)-[e:RESALE]->(s) WHERE e.decided }
  AND ($batch IS NULL OR EXISTS { MATCH (s)-[:FOR_BATCH]->(b:Batch) WHERE $batch IN [b.id, b.label] })
MATCH (s)-[w:RESALE*0..3]->(d:Deal)
OPTIONAL MATCH (c:Deal)-[r:RESALE]->(d)
WHERE r.id = last([i IN w | i.id])
OPTIONAL MATCH (d)-[p:PARTY]->(x)
WHERE p.role = 'SELLER'
OPTIONAL MATCH (d)-[q:PARTY]->(y)
WHERE q.role = 'BUYER'
RETURN DISTINCT s.id AS start, size(w) + 1 AS hand, d.id AS deal, c.id AS after, coalesce(x.name, x.id) AS sold_by, coalesce(y.name, y.id) AS bought_by,
       d.t0 AS t0, d.t1 AS t1, r.hands AS hands, r.shown AS shown, r.decided AS decided, d.quantity AS quantity, d.quantity_bound AS quantity_bound,
       d.value_minor AS value_minor, d.value_bound AS value_bound, d.currency AS currency, EXISTS { (d)-[:RESALE]->(:Deal) } AS more
ORDER BY start, hand, t0, t1, deal, after, sold_by, bought_by
