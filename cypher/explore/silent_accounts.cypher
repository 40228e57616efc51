// explore: silent_accounts
// version: 1
// title: 沉寂的账号 / Silent accounts
// question: 哪些账号没有任何往来，或在案件最后一件事之前很久就已沉寂？ / Which accounts occur in no event, or fell silent long before the last one?
// params: days
// days: integer; 沉寂至少几天; silent for at least this many days
// returns: account, platform, persons, events, last_t0, last_t1, end_t0
// :param days => 90
// Only accounts that are surely silent: their last event lies more than `days` before `end_t0`, the earliest instant at
// which the last event of the case can have been. An account in no event has `events` 0.
OPTIONAL MATCH (l:Offer|Deal|Payment|Delivery|Message)
WITH max(l.t0) AS end_t0
MATCH (a:Account)
OPTIONAL MATCH (e)-[:AUTHOR|READER|SELLER|BUYER|PAYER|PAYEE|SENDER|RECEIVER|OFFERED_BY|OFFERED_TO]->(a)
WITH end_t0, a, count(DISTINCT e) AS events, max(e.t0) AS last_t0, max(e.t1) AS last_t1
WHERE events = 0 OR last_t1 < end_t0 - $days * 86400
RETURN a.id AS account, a.platform AS platform, COUNT { MATCH (a)<-[:ACTS_THROUGH]-(p:Person) RETURN DISTINCT p.id AS id } AS persons,
       events, last_t0, last_t1, end_t0
ORDER BY events, last_t1, account
