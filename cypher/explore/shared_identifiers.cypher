// explore: shared_identifiers
// version: 1
// title: 共用设备、电话、地址 / Shared devices, phones and addresses
// question: 哪些账号用过同一设备、电话、地址或其他标识？ / Which accounts used the same device, phone, address or other identifier?
// params: kind, least
// kind: text; 只看此类标识（device、phone、ip、card、national_id、address、email）; only this kind (device, phone, ip, card, national_id, address, email)
// least: integer; 至少几个账号用过; used by at least this many accounts
// returns: identifier, kind, accounts, account, platform, person, name, since_t0, since_t1, until_t0, until_t1
// :param kind => null
// :param least => 2
// One row for each account and each person who acts through it. An identifier that very many accounts used, such as
// an internet café's device, says little of any of them.
MATCH (i:Identifier)<-[u:USED]-(a:Account)
WITH i, u, a, COUNT { MATCH (i)<-[:USED]-(x:Account) RETURN DISTINCT x.id AS id } AS accounts
WHERE accounts >= $least AND ($kind IS NULL OR i.kind = $kind)
OPTIONAL MATCH (a)<-[:ACTS_THROUGH]-(p:Person)
RETURN DISTINCT i.id AS identifier, i.kind AS kind, accounts, a.id AS account, a.platform AS platform, p.id AS person, p.name AS name,
       u.since_t0 AS since_t0, u.since_t1 AS since_t1, u.until_t0 AS until_t0, u.until_t1 AS until_t1
ORDER BY accounts DESC, identifier, account, person, since_t0, since_t1, until_t0, until_t1
