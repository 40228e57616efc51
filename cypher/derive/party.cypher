// derive: PARTY
// version: 1
// returns: from, to, role, account, grounds
// Who acts in an event: the persons who may act through its account then, else the account itself.
// A holder does not count while another person may control the account.
MATCH (e)-[r:SELLER|BUYER|PAYER|PAYEE|SENDER|RECEIVER|OFFERED_BY|OFFERED_TO|AUTHOR|READER]->(a:Account)<-[k:ACTS_THROUGH]-(p:Person)
WHERE k.since_t0 <= e.t1 AND k.until_t1 >= e.t0
  AND (k.basis <> 'holds' OR NOT EXISTS {
    MATCH (a)<-[o:ACTS_THROUGH]-(q:Person)
    WHERE o.basis = 'controls' AND q.id <> p.id AND o.since_t0 <= e.t1 AND o.until_t1 >= e.t0 })
RETURN e.id AS `from`, p.id AS `to`, type(r) AS role, a.id AS account, [r.id, k.id] AS grounds
UNION ALL
MATCH (e)-[r:SELLER|BUYER|PAYER|PAYEE|SENDER|RECEIVER|OFFERED_BY|OFFERED_TO|AUTHOR|READER]->(a:Account)
WHERE NOT EXISTS { MATCH (a)<-[k:ACTS_THROUGH]-(:Person) WHERE k.since_t0 <= e.t1 AND k.until_t1 >= e.t0 }
RETURN e.id AS `from`, a.id AS `to`, type(r) AS role, a.id AS account, [r.id] AS grounds
