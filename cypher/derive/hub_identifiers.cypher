// report: hub_identifiers
// version: 1
// params: max_accounts
// returns: id, kind, accounts
// Identifiers that too many accounts used, such as an internet café's device: they relate nobody.
MATCH (i:Identifier)<-[:USED]-(a:Account)
WITH i.id AS id, i.kind AS kind, count(DISTINCT a.id) AS accounts
WHERE accounts > $max_accounts
RETURN id, kind, accounts
ORDER BY id
