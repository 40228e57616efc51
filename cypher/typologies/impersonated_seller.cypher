// typology: impersonated_seller
// version: 1
// params: max_holders
// returns: event, impersonating, shown, shown_as, victim, original, original_as, original_by, how
// A known name shown by somebody else: an account that sells, offers or is paid shows the other side a name that
// another account shows, or that another established, not later. Names that too many parties show are left out.
MATCH (e)-[:SELLER|PAYEE|OFFERED_BY]->(a2:Account)-[s2:PRESENTS_AS]->(n2:Persona)
WHERE s2.since_t0 <= e.t1 AND s2.until_t1 >= e.t0
  AND coalesce(e.live, true) AND coalesce(e.kind, 'sale') <> 'sample' AND coalesce(e.status, 'ok') = 'ok'
  AND COUNT { MATCH (m:Persona)<-[:PRESENTS_AS]-(z:Account)<-[k:ACTS_THROUGH]-(q:Person)
              WHERE m.key = n2.key AND (k.basis <> 'holds' OR NOT EXISTS { MATCH (z)<-[:CONTROLS]-(o:Person) WHERE o.id <> q.id })
              RETURN DISTINCT q.id AS id }
    + COUNT { MATCH (m:Persona)<-[:PRESENTS_AS]-(z:Account) WHERE m.key = n2.key AND NOT EXISTS { (z)<-[:ACTS_THROUGH]-(:Person) }
              RETURN DISTINCT z.id AS id } <= $max_holders
MATCH (e)-[pv:PARTY]->(v)
WHERE pv.role IN ['BUYER', 'PAYER', 'OFFERED_TO']
  AND (s2.to IS NULL OR s2.to = v.id OR s2.to = pv.account OR EXISTS { MATCH (v)-[:ACTS_THROUGH]->(va:Account) WHERE va.id = s2.to })
MATCH (n1:Persona)
WHERE n1.key = n2.key
MATCH (n1)<-[s1:PRESENTS_AS|ESTABLISHED]-(a1)
WHERE a1.id <> a2.id
  AND (type(s1) = 'ESTABLISHED' OR s1.since_t0 <= s2.since_t1)
  AND NOT EXISTS { MATCH (a1)<-[u:ACTS_THROUGH]-(q:Person)-[w:ACTS_THROUGH]->(a2)
                   WHERE u.since_t0 <= e.t1 AND u.until_t1 >= e.t0 AND w.since_t0 <= e.t1 AND w.until_t1 >= e.t0 }
  AND NOT EXISTS { MATCH (a1)-[w:ACTS_THROUGH]->(a2) WHERE w.since_t0 <= e.t1 AND w.until_t1 >= e.t0 }
  AND NOT EXISTS { MATCH (m:Persona)<-[:ESTABLISHED]-(a2) WHERE m.key = n2.key }
  AND NOT EXISTS { MATCH (m:Persona)<-[:ESTABLISHED]-(o:Person)-[w:ACTS_THROUGH]->(a2)
                   WHERE m.key = n2.key AND w.since_t0 <= e.t1 AND w.until_t1 >= e.t0 }
  AND NOT EXISTS { MATCH (m:Persona)<-[:ESTABLISHED]-(:Account)<-[:ACTS_THROUGH]-(o:Person)-[w:ACTS_THROUGH]->(a2)
                   WHERE m.key = n2.key AND w.since_t0 <= e.t1 AND w.until_t1 >= e.t0 }
RETURN DISTINCT e.id AS event, a2.id AS impersonating, n2.id AS shown, s2.id AS shown_as, v.id AS victim,
       a1.id AS original, n1.id AS original_as, s1.id AS original_by, type(s1) AS how
