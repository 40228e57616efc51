// explore: batch_deals
// version: 1
// title: 一批货的交易 / Deals of one batch in order of time
// question: 这批数据先后经过哪些交易？ / Through which deals did this batch go, in order of time?
// params: batch
// batch: batch; 只看此批次; only this batch
// returns: batch, label, deal, kind, live, time, t0, t1, surely_earlier, maybe_earlier, seller, buyer, quantity, quantity_bound, free_quantity, unit_price_nano, unit_price_bound, value_minor, value_bound, currency
// :param batch => null
// Batches of the same goods count too. Of the deals of a batch `surely_earlier` are before this one, `maybe_earlier` can be:
// where the two numbers differ, the order is not known. `seller` and `buyer` are accounts.
MATCH (d:Deal)-[:FOR_BATCH]->(b:Batch)
WHERE $batch IS NULL OR $batch IN [b.id, b.label] OR EXISTS { MATCH (b)-[:SAME_BATCH]-(o:Batch) WHERE o.id = $batch OR o.label = $batch }
OPTIONAL MATCH (d)-[:SELLER]->(s:Account)
OPTIONAL MATCH (d)-[:BUYER]->(y:Account)
RETURN b.id AS batch, b.label AS label, d.id AS deal, d.kind AS kind, d.live AS live, d.time AS time, d.t0 AS t0, d.t1 AS t1,
       COUNT { MATCH (e:Deal)-[:FOR_BATCH]->(b) WHERE e.id <> d.id AND (e.t1 < d.t0 OR EXISTS { (e)-[:BEFORE]->(d) }) } AS surely_earlier,
       COUNT { MATCH (e:Deal)-[:FOR_BATCH]->(b) WHERE e.id <> d.id AND e.t0 <= d.t1 AND NOT EXISTS { (d)-[:BEFORE]->(e) } } AS maybe_earlier,
       s.id AS seller, y.id AS buyer, d.quantity AS quantity, d.quantity_bound AS quantity_bound, d.free_quantity AS free_quantity,
       d.unit_price_nano AS unit_price_nano, d.unit_price_bound AS unit_price_bound,
       d.value_minor AS value_minor, d.value_bound AS value_bound, d.currency AS currency
ORDER BY batch, t0, t1, surely_earlier, deal, seller, buyer
