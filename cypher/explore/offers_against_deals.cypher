// explore: offers_against_deals
// version: 1
// title: 报价与成交 / Offers against deals
// question: 报出的价与成交的价相差多少？ / How does the price that was offered differ from the price that was paid?
// params: batch
// batch: batch; 只看此批次; only this batch
// returns: offer, deal, batch, seller, buyer, offer_unit_nano, deal_unit_nano, deal_unit_bound, unit_difference_nano, offer_total_minor, deal_value_minor, deal_value_bound, value_difference_minor, currency, offer_t0, offer_t1, deal_t0, deal_t1, decided
// :param batch => null
// An offer and a deal of one batch by one selling account, to the same buying account or to no named one, in one currency, where
// the offer can come before the deal; `decided` says whether it does. A difference is offer less deal, null where one is not known.
MATCH (o:Offer)-[:FOR_BATCH]->(b:Batch)<-[:FOR_BATCH]-(d:Deal), (o)-[:OFFERED_BY]->(s:Account)<-[:SELLER]-(d), (d)-[:BUYER]->(y:Account)
WHERE ($batch IS NULL OR $batch IN [b.id, b.label]) AND o.t0 <= d.t1 AND NOT EXISTS { (d)-[:BEFORE]->(o) }
  AND (o.currency IS NULL OR d.currency IS NULL OR o.currency = d.currency)
  AND (NOT EXISTS { (o)-[:OFFERED_TO]->(:Account) } OR EXISTS { (o)-[:OFFERED_TO]->(y) })
RETURN o.id AS offer, d.id AS deal, b.id AS batch, s.id AS seller, y.id AS buyer, o.unit_price_nano AS offer_unit_nano,
       d.unit_price_nano AS deal_unit_nano, d.unit_price_bound AS deal_unit_bound, o.unit_price_nano - d.unit_price_nano AS unit_difference_nano,
       o.total_minor AS offer_total_minor, d.value_minor AS deal_value_minor, d.value_bound AS deal_value_bound,
       o.total_minor - d.value_minor AS value_difference_minor, coalesce(d.currency, o.currency) AS currency,
       o.t0 AS offer_t0, o.t1 AS offer_t1, d.t0 AS deal_t0, d.t1 AS deal_t1, o.t1 < d.t0 OR EXISTS { (o)-[:BEFORE]->(d) } AS decided
ORDER BY offer_t0, offer_t1, offer, deal_t0, deal_t1, deal, batch, seller, buyer
