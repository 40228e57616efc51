// explore: unpriced_deals
// version: 1
// title: 没有价格的交易 / Deals without a price
// question: 哪些交易没有记载价格？付过款没有？ / For which deals is no price known, and was anything paid for them?
// params: kind
// kind: text; 只看此类交易（sale、gift、barter、sample、provision）; only deals of this kind (sale, gift, barter, sample, provision)
// returns: deal, kind, live, time, t0, t1, seller, buyer, quantity, quantity_bound, payments, claims, offers
// :param kind => "sale"
// No value is known: no total, no unit price with a quantity, no payments. `payments`, `claims` and `offers` count what
// might tell it: payments that settle the deal, reports about it, offers of the same batch.
MATCH (d:Deal)
WHERE d.value_minor IS NULL AND ($kind IS NULL OR d.kind = $kind)
OPTIONAL MATCH (d)-[:SELLER]->(s:Account)
OPTIONAL MATCH (d)-[:BUYER]->(y:Account)
RETURN d.id AS deal, d.kind AS kind, d.live AS live, d.time AS time, d.t0 AS t0, d.t1 AS t1, s.id AS seller, y.id AS buyer,
       d.quantity AS quantity, d.quantity_bound AS quantity_bound,
       COUNT { (d)<-[:SETTLES]-(:Payment) } AS payments, COUNT { (d)<-[:ABOUT]-(:Claim) } AS claims,
       COUNT { (d)-[:FOR_BATCH]->(:Batch)<-[:FOR_BATCH]-(:Offer) } AS offers
ORDER BY t0, t1, deal, seller, buyer
