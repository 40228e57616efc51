// typology: resale_chain
// version: 1
// returns: bought, sold
// Steps of a chain: a deal followed by another of the same goods, whose seller is the buyer of the first, the same
// party. Chains are built of them: three deals or more, all parties different, in order as a series of intervals.
MATCH (d1:Deal)-[r:RESALE]->(d2:Deal)
WHERE r.hands = 3
RETURN d1.id AS bought, d2.id AS sold
