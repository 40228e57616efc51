// typology: payment_loop
// version: 1
// returns: loop, position, payment, beside
// Money returns to the party it left: loops of payments found by the derive stage, one row a step. `beside`:
// payments parallel to steps of the loop, each as position, colon and id.
MATCH (l:Loop)-[s:STEP]->(p:Payment)
WHERE l.kind = 'payment'
RETURN l.id AS loop, s.position AS position, p.id AS payment, l.beside AS beside
