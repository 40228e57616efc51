// explore: messages_near_deals
// version: 1
// title: 交易前后的消息 / Messages around a deal
// question: 交易前后，买卖双方说了什么？ / What was said by the sides of a deal around it?
// params: deal, days
// deal: deal; 只看此笔交易; only this deal
// days: integer; 相隔至多几天; at most this many days apart
// returns: deal, t0, t1, time, message, author, about, sure, text
// :param deal => null
// :param days => 1
// Messages that are about the deal, whenever they were written, and those that an account or a person of either side wrote or
// read and that may lie so close to it; `sure` says whether they surely do.
MATCH (d:Deal)<-[:ABOUT]-(m:Message)
WHERE $deal IS NULL OR d.id = $deal
OPTIONAL MATCH (m)-[:AUTHOR]->(a:Account)
RETURN d.id AS deal, m.t0 AS t0, m.t1 AS t1, m.time AS time, m.id AS message, a.id AS author, true AS about,
       m.t1 - d.t0 <= $days * 86400 AND d.t1 - m.t0 <= $days * 86400 AS sure, m.text AS text
UNION
MATCH (d:Deal)-[:SELLER|BUYER]->(:Account)<-[:AUTHOR|READER]-(m:Message)
WHERE ($deal IS NULL OR d.id = $deal) AND m.t0 - d.t1 <= $days * 86400 AND d.t0 - m.t1 <= $days * 86400
OPTIONAL MATCH (m)-[:AUTHOR]->(a:Account)
RETURN d.id AS deal, m.t0 AS t0, m.t1 AS t1, m.time AS time, m.id AS message, a.id AS author, EXISTS { (m)-[:ABOUT]->(d) } AS about,
       m.t1 - d.t0 <= $days * 86400 AND d.t1 - m.t0 <= $days * 86400 AS sure, m.text AS text
UNION
MATCH (d:Deal)-[p:PARTY]->(:Person)<-[:PARTY]-(m:Message)
WHERE ($deal IS NULL OR d.id = $deal) AND m.t0 - d.t1 <= $days * 86400 AND d.t0 - m.t1 <= $days * 86400
OPTIONAL MATCH (m)-[:AUTHOR]->(a:Account)
RETURN d.id AS deal, m.t0 AS t0, m.t1 AS t1, m.time AS time, m.id AS message, a.id AS author, EXISTS { (m)-[:ABOUT]->(d) } AS about,
       m.t1 - d.t0 <= $days * 86400 AND d.t1 - m.t0 <= $days * 86400 AS sure, m.text AS text
