// explore: price_rises
// version: 1
// title: 转手涨价 / Whose price doubled
// question: 谁把买进的数据以至少几倍的单价卖出？ / Who sold what was bought at a multiple of the price per record?
// params: factor
// factor: float; 单价至少涨到几倍; least multiple of the price per record
// returns: bought, sold, seller, name, ratio, ratio_bound, bought_unit_nano, sold_unit_nano, bought_value_minor, sold_value_minor, currency, hands, shown, decided, bought_t0, bought_t1, sold_t0, sold_t1
// :param factor => 2.0
// The ratio is that of the two unit prices, else that of value per record, in one currency; deals without a price say nothing.
// Its bound follows from those of the prices. `hands` says how buyer and seller are joined (3 the same party, 2 related,
// 1 one stands for the other). One row for each seller of the second deal.
MATCH (c:Deal)-[r:RESALE]->(d:Deal)
WHERE c.currency = d.currency
WITH c, d, r, c.unit_price_nano > 0 AND d.unit_price_nano IS NOT NULL AS stated
WITH c, d, r, stated,
     CASE WHEN stated THEN toFloat(d.unit_price_nano) / c.unit_price_nano
          WHEN c.value_minor > 0 AND c.quantity > 0 AND d.value_minor IS NOT NULL AND d.quantity > 0
          THEN toFloat(d.value_minor) / d.quantity / (toFloat(c.value_minor) / c.quantity) ELSE null END AS ratio
WHERE ratio >= $factor
WITH c, d, r, ratio,
     CASE WHEN stated THEN [coalesce(d.unit_price_bound, 'exact')] ELSE [coalesce(d.value_bound, 'exact'), coalesce(c.quantity_bound, 'exact')] END AS above,
     CASE WHEN stated THEN [coalesce(c.unit_price_bound, 'exact')] ELSE [coalesce(c.value_bound, 'exact'), coalesce(d.quantity_bound, 'exact')] END AS below
WITH c, d, r, ratio, above + [m IN below | CASE m WHEN 'at_least' THEN 'at_most' WHEN 'at_most' THEN 'at_least' ELSE m END] AS bounds
MATCH (d)-[p:PARTY]->(x)
WHERE p.role = 'SELLER'
RETURN DISTINCT c.id AS bought, d.id AS sold, x.id AS seller, coalesce(x.name, x.id) AS name, ratio,
       CASE WHEN all(m IN bounds WHERE m = 'exact') THEN 'exact' WHEN all(m IN bounds WHERE m IN ['exact', 'at_least']) THEN 'at_least'
            WHEN all(m IN bounds WHERE m IN ['exact', 'at_most']) THEN 'at_most' WHEN all(m IN bounds WHERE m IN ['exact', 'about']) THEN 'about'
            ELSE 'mixed' END AS ratio_bound,
       c.unit_price_nano AS bought_unit_nano, d.unit_price_nano AS sold_unit_nano,
       c.value_minor AS bought_value_minor, d.value_minor AS sold_value_minor, d.currency AS currency,
       r.hands AS hands, r.shown AS shown, r.decided AS decided, c.t0 AS bought_t0, c.t1 AS bought_t1, d.t0 AS sold_t0, d.t1 AS sold_t1
ORDER BY ratio DESC, bought, sold, seller
