// explore: money_by_person
// version: 1
// title: 各人收支 / Money in and out of each person
// question: 每个人一共收了多少、付了多少？ / How much did each person get and pay in all?
// params: person
// person: person; 只看此人; only this person
// returns: person, name, currency, received, received_minor, received_bound, paid, paid_minor, paid_bound, shared
// :param person => null
// Payments that failed or were paid back move nothing and are left out. `received` and `paid` count payments. `shared` of them went
// through an account that others may act through too, and count for each of them. A payment between two accounts of one person
// counts on both sides. Where nobody is known behind an account, the account stands for itself. A bound is `mixed` where the
// parts of a sum have bounds that say nothing together.
MATCH (m:Payment)-[p:PARTY]->(x)
WHERE coalesce(m.status, 'ok') = 'ok' AND ($person IS NULL OR $person IN [x.id, x.name]) AND NOT EXISTS { MATCH (m)-[:REFUNDS]->(o:Payment) WHERE o.status <> 'ok' }
WITH DISTINCT m, x, p.role AS role
WITH x, m.currency AS currency,
     sum(CASE role WHEN 'PAYEE' THEN 1 ELSE 0 END) AS received, sum(CASE role WHEN 'PAYEE' THEN coalesce(m.amount_minor, 0) ELSE 0 END) AS received_minor,
     sum(CASE role WHEN 'PAYER' THEN 1 ELSE 0 END) AS paid, sum(CASE role WHEN 'PAYER' THEN coalesce(m.amount_minor, 0) ELSE 0 END) AS paid_minor,
     collect(DISTINCT CASE WHEN role <> 'PAYEE' THEN null WHEN m.amount_minor IS NULL THEN 'at_least' ELSE coalesce(m.amount_bound, 'exact') END) AS inward,
     collect(DISTINCT CASE WHEN role <> 'PAYER' THEN null WHEN m.amount_minor IS NULL THEN 'at_least' ELSE coalesce(m.amount_bound, 'exact') END) AS outward,
     sum(CASE WHEN COUNT { MATCH (m)-[o:PARTY]->(z) WHERE o.role = role RETURN DISTINCT z.id AS id } > 1 THEN 1 ELSE 0 END) AS shared
RETURN x.id AS person, coalesce(x.name, x.id) AS name, currency, received, received_minor,
       CASE WHEN all(m IN inward WHERE m = 'exact') THEN 'exact' WHEN all(m IN inward WHERE m IN ['exact', 'at_least']) THEN 'at_least'
            WHEN all(m IN inward WHERE m IN ['exact', 'at_most']) THEN 'at_most' WHEN all(m IN inward WHERE m IN ['exact', 'about']) THEN 'about'
            ELSE 'mixed' END AS received_bound,
       paid, paid_minor,
       CASE WHEN all(m IN outward WHERE m = 'exact') THEN 'exact' WHEN all(m IN outward WHERE m IN ['exact', 'at_least']) THEN 'at_least'
            WHEN all(m IN outward WHERE m IN ['exact', 'at_most']) THEN 'at_most' WHEN all(m IN outward WHERE m IN ['exact', 'about']) THEN 'about'
            ELSE 'mixed' END AS paid_bound,
       shared
ORDER BY person, currency
