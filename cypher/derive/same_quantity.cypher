// derive: SAME_QUANTITY
// version: 1
// params: max_df
// returns: from, to, grounds
// Two deals of one rare quantity: equal exact counts, one of them with four significant digits or more, found in
// few deals of the case. A usual package size joins nothing.
MATCH (d:Deal)
WHERE d.quantity IS NOT NULL
  AND (toString(d.quantity) =~ '[1-9][0-9]{2,}[1-9]0*' OR toString(d.free_quantity) =~ '[1-9][0-9]{2,}[1-9]0*')
WITH d.quantity AS quantity, coalesce(d.free_quantity, 0) AS free, count(*) AS df,
     collect(CASE WHEN d.quantity_bound = 'exact' THEN d.id ELSE null END) AS ids
WHERE df <= $max_df AND size(ids) >= 2
UNWIND ids AS a
UNWIND ids AS b
WITH a, b
WHERE a < b
RETURN a AS `from`, b AS `to`, [a, b] AS grounds
