// typology: payment_loop
// version: 1
// returns: loop, position, payment
// Money returns to the party it left: loops of payments found by the derive stage, one row a step.
MATCH (l:Loop)-[s:STEP]->(p:Payment)
WHERE l.kind = 'payment'
RETURN l.id AS loop, s.position AS position, p.id AS payment
