// explore: common_contacts
// version: 1
// title: 共同联系人 / Whom two persons both dealt with
// question: 哪些人与这两个人都有过交易、付款、交付、报价或消息往来？ / With whom did both of two persons trade, pay, deliver, bargain or write?
// params: a, b
// a: person; 其中一人; one of the two
// b: person; 另一人; the other
// returns: person, name, other, other_name, common, common_name, events, other_events
// :param a => null
// :param b => null
// `events` are those of the first person with the common contact, `other_events` those of the second; only events in which they
// stand on different sides count. Where nobody is known behind an account, the account itself is the contact.
MATCH (p:Person)<-[i:PARTY]-(e)-[j:PARTY]->(n)
WHERE ($a IS NULL OR $a IN [p.id, p.name]) AND p.id <> n.id
  AND (i.role IN ['SELLER', 'PAYER', 'SENDER', 'AUTHOR', 'OFFERED_BY']) <> (j.role IN ['SELLER', 'PAYER', 'SENDER', 'AUTHOR', 'OFFERED_BY'])
WITH p, n, count(DISTINCT e) AS events
MATCH (n)<-[k:PARTY]-(f)-[l:PARTY]->(q:Person)
WHERE ($b IS NULL OR $b IN [q.id, q.name]) AND q.id <> n.id
  AND (p.id < q.id OR p.id <> q.id AND ($a IS NOT NULL OR $b IS NOT NULL))
  AND (k.role IN ['SELLER', 'PAYER', 'SENDER', 'AUTHOR', 'OFFERED_BY']) <> (l.role IN ['SELLER', 'PAYER', 'SENDER', 'AUTHOR', 'OFFERED_BY'])
RETURN p.id AS person, p.name AS name, q.id AS other, q.name AS other_name, n.id AS common, coalesce(n.name, n.id) AS common_name,
       events, count(DISTINCT f) AS other_events
ORDER BY person, other, common
