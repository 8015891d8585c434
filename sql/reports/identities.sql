-- People by identity (个人身份).
SELECT a.identity AS name,
       COUNT(*) AS submitted,
       SUM(CASE WHEN a.status = 'approved' THEN 1 ELSE 0 END) AS approved,
       SUM(CASE WHEN d.status IN ('proposed', 'admitted', 'reported') THEN 1 ELSE 0 END) AS admitted
FROM application a
LEFT JOIN admission d ON d.application_id = a.id
WHERE a.batch_id = :batch_id AND a.status IN ('submitted', 'returned', 'approved', 'rejected')
GROUP BY a.identity
ORDER BY submitted DESC, name
