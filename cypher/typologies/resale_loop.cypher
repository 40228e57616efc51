// typology: resale_loop
// version: 1
// returns: loop, closes, position, deal
// The goods come back: loops of deals found over RESALE, one row a step.
MATCH (l:Loop)-[s:STEP]->(d:Deal)
WHERE l.kind = 'batch'
RETURN l.id AS loop, l.closes AS closes, s.position AS position, d.id AS deal
