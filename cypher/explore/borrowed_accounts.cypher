// explore: borrowed_accounts
// version: 1
// title: 借用他人账号 / Who uses an account that is not theirs
// question: 谁操作着登记在别人名下、或别人也在操作的账号？ / Who operates an account that another holds or operates too?
// params: person
// person: person; 只看此人; only this person
// returns: person, name, account, platform, other, other_name, other_basis, sure, since_t0, since_t1, until_t0, until_t1
// :param person => null
// Only where both may act through the account at one time; `sure` says whether they surely do: never where a
// start is not known. The times are those of the person asked about.
MATCH (p:Person)-[k:ACTS_THROUGH]->(a:Account)<-[o:ACTS_THROUGH]-(q:Person)
WHERE p.id <> q.id AND k.basis = 'controls' AND ($person IS NULL OR $person IN [p.id, p.name])
  AND k.since_t0 <= o.until_t1 AND o.since_t0 <= k.until_t1
RETURN p.id AS person, p.name AS name, a.id AS account, a.platform AS platform,
       q.id AS other, q.name AS other_name, o.basis AS other_basis,
       k.since_t1 <= k.until_t0 AND o.since_t1 <= o.until_t0 AND k.since_t1 <= o.until_t0 AND o.since_t1 <= k.until_t0
         AND k.since_t1 < 1e15 AND o.since_t1 < 1e15 AS sure,
       k.since_t0 AS since_t0, k.since_t1 AS since_t1, k.until_t0 AS until_t0, k.until_t1 AS until_t1
ORDER BY person, account, other, other_basis, since_t0, since_t1, until_t0, until_t1, sure
