// derive: SAME_PERSONA
// version: 1
// returns: from, to, grounds
// Two names that look the same: equal normalised names.
MATCH (m:Persona), (n:Persona)
WHERE m.key = n.key AND m.id < n.id
RETURN m.id AS `from`, n.id AS `to`, [m.id, n.id] AS grounds
