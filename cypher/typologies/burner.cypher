// typology: burner
// version: 1
// params: new_days, min_events, burst_days, quiet_days
// returns: account, opened, burst, quiet, seen, returned
// New, busy, silent: an account opened just before its first deal or payment, or silent before it in a source that is
// complete for that time (`seen`); some deals or payments soon after the first (`burst`); then nothing for long, in a
// source that is complete for that time too (`quiet`). What only may lie in a silent time breaks it. An account that is
// surely older was not new, whatever a source shows. `returned`: it has later events, after the silence.
MATCH (f)-[:SELLER|BUYER|PAYER|PAYEE]->(a:Account)
WHERE coalesce(f.live, true) AND coalesce(f.kind, 'sale') <> 'sample' AND coalesce(f.status, 'ok') = 'ok'
WITH a, min(f.t0) AS first_t0, min(f.t1) AS first_t1, count(DISTINCT f.id) AS events
WHERE events >= $min_events
MATCH (b)-[:SELLER|BUYER|PAYER|PAYEE]->(a)
WHERE coalesce(b.live, true) AND coalesce(b.kind, 'sale') <> 'sample' AND coalesce(b.status, 'ok') = 'ok'
  AND b.t0 - first_t1 <= $burst_days * 86400
WITH a, first_t0, first_t1, max(b.t1) AS last_t1, collect(DISTINCT b.id) AS burst
WHERE size(burst) >= $min_events
  AND NOT EXISTS { MATCH (x)-[:SELLER|BUYER|PAYER|PAYEE|SENDER|RECEIVER|OFFERED_BY|OFFERED_TO|AUTHOR|READER]->(a)
                   WHERE x.t1 > last_t1 AND x.t0 <= last_t1 + $quiet_days * 86400 }
MATCH (s:Source)
WHERE s.covers_t0 <= last_t1 AND s.covers_t1 >= last_t1 + $quiet_days * 86400
  AND (EXISTS { (a)-[:FROM_SOURCE]->(s) }
       OR EXISTS { (s)<-[:FROM_SOURCE]-()-[:SELLER|BUYER|PAYER|PAYEE|SENDER|RECEIVER|OFFERED_BY|OFFERED_TO|AUTHOR|READER]->(a) })
WITH a, first_t0, first_t1, last_t1, burst, collect(DISTINCT s.id) AS quiet
OPTIONAL MATCH (n:Source)
WHERE n.covers_t0 <= first_t0 - $new_days * 86400 AND n.covers_t1 >= first_t0
  AND (a.opened_t1 IS NULL OR a.opened_t1 >= first_t0 - $new_days * 86400)
  AND (EXISTS { (a)-[:FROM_SOURCE]->(n) }
       OR EXISTS { (n)<-[:FROM_SOURCE]-()-[:SELLER|BUYER|PAYER|PAYEE|SENDER|RECEIVER|OFFERED_BY|OFFERED_TO|AUTHOR|READER]->(a) })
  AND NOT EXISTS { MATCH (x)-[:SELLER|BUYER|PAYER|PAYEE|SENDER|RECEIVER|OFFERED_BY|OFFERED_TO|AUTHOR|READER]->(a)
                   WHERE x.t1 >= first_t0 - $new_days * 86400 AND x.t0 < first_t0 }
WITH a, first_t0, first_t1, last_t1, burst, quiet, collect(DISTINCT n.id) AS seen
WITH a, last_t1, burst, quiet, seen,
     a.opened IS NOT NULL AND a.opened_t0 <= first_t1 AND first_t0 - a.opened_t1 <= $new_days * 86400 AS opened
WHERE opened OR size(seen) > 0
RETURN a.id AS account, opened, burst, quiet, seen,
       EXISTS { MATCH (x)-[:SELLER|BUYER|PAYER|PAYEE|SENDER|RECEIVER|OFFERED_BY|OFFERED_TO|AUTHOR|READER]->(a)
                WHERE x.t1 > last_t1 } AS returned
