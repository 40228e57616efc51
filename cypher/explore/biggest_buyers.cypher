// explore: biggest_buyers
// version: 1
// title: 各批次的大买家 / The biggest buyers of each batch
// question: 每一批数据谁买得最多，付了多少？ / Who bought most of each batch, and for how much?
// params: batch, least
// batch: batch; 只看此批次; only this batch
// least: integer; 至少买了多少条; bought at least this many records
// returns: batch, label, buyer, name, deals, records, records_bound, free_records, value_minor, value_bound, currency, unpriced, shared
// :param batch => null
// :param least => 0
// Deals that were cancelled or paid back and samples are left out. `unpriced` deals have no known value and add nothing to the
// sum, which then is a least one; `shared` deals went through an account that others may act through too, and count for
// each of them. A bound is `mixed` where the parts of a sum have bounds that say nothing together.
MATCH (b:Batch)<-[:FOR_BATCH]-(d:Deal)-[p:PARTY]->(x)
WHERE p.role = 'BUYER' AND d.live AND d.kind <> 'sample' AND ($batch IS NULL OR $batch IN [b.id, b.label])
WITH DISTINCT b, d, x
WITH b, x, d.currency AS currency, count(*) AS deals, sum(coalesce(d.quantity, 0)) AS records, sum(coalesce(d.free_quantity, 0)) AS free_records,
     sum(coalesce(d.value_minor, 0)) AS value_minor, sum(CASE WHEN d.value_minor IS NULL THEN 1 ELSE 0 END) AS unpriced,
     sum(CASE WHEN COUNT { MATCH (d)-[o:PARTY]->(z) WHERE o.role = 'BUYER' RETURN DISTINCT z.id AS id } > 1 THEN 1 ELSE 0 END) AS shared,
     collect(DISTINCT CASE WHEN d.quantity IS NULL THEN 'at_least' ELSE coalesce(d.quantity_bound, 'exact') END) AS counted,
     collect(DISTINCT CASE WHEN d.value_minor IS NULL THEN 'at_least' ELSE coalesce(d.value_bound, 'exact') END) AS valued
WHERE records >= $least
RETURN b.id AS batch, b.label AS label, x.id AS buyer, coalesce(x.name, x.id) AS name, deals, records,
       CASE WHEN all(m IN counted WHERE m = 'exact') THEN 'exact' WHEN all(m IN counted WHERE m IN ['exact', 'at_least']) THEN 'at_least'
            WHEN all(m IN counted WHERE m IN ['exact', 'at_most']) THEN 'at_most' WHEN all(m IN counted WHERE m IN ['exact', 'about']) THEN 'about'
            ELSE 'mixed' END AS records_bound,
       free_records, value_minor,
       CASE WHEN all(m IN valued WHERE m = 'exact') THEN 'exact' WHEN all(m IN valued WHERE m IN ['exact', 'at_least']) THEN 'at_least'
            WHEN all(m IN valued WHERE m IN ['exact', 'at_most']) THEN 'at_most' WHEN all(m IN valued WHERE m IN ['exact', 'about']) THEN 'about'
            ELSE 'mixed' END AS value_bound,
       currency, unpriced, shared
ORDER BY batch, records DESC, value_minor DESC, buyer, currency
