// derive: SAME_BATCH
// version: 1
// params: min_containment
// returns: from, to, method, score, grounds
// Two batches of the same goods: a stated link, one file digest, or a stated overlap that covers enough of the
// smaller one, whose number is known. Overlaps of record digests are added by code.
MATCH (a:Batch)-[l:LINKED_BATCH]-(b:Batch)
WHERE a.id < b.id AND l.kind IN ['same', 'subset', 'derived']
RETURN a.id AS `from`, b.id AS `to`, l.kind AS method, null AS score, [l.id] AS grounds
UNION ALL
MATCH (a:Batch)-[l:LINKED_BATCH]-(b:Batch)
WHERE a.id < b.id AND l.kind = 'overlap' AND l.shared > 0 AND a.records > 0 AND b.records > 0
WITH a, b, l, CASE WHEN a.records < b.records THEN a.records ELSE b.records END AS least,
     CASE WHEN a.records < b.records THEN a.records_bound ELSE b.records_bound END AS bound
WITH a, b, l, toFloat(l.shared) / least AS score, coalesce(bound, 'exact') AS bound
WHERE score >= $min_containment AND bound IN ['exact', 'at_most']
RETURN a.id AS `from`, b.id AS `to`, 'overlap' AS method, score, [l.id] AS grounds
UNION ALL
MATCH (a:Batch), (b:Batch)
WHERE a.file_sha256 = b.file_sha256 AND a.id < b.id
RETURN a.id AS `from`, b.id AS `to`, 'digest' AS method, 1.0 AS score, [a.id, b.id] AS grounds
