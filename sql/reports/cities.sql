-- People by the city of their first choice's training base.
SELECT b.city AS name,
       COUNT(*) AS submitted,
       SUM(CASE WHEN a.status = 'approved' THEN 1 ELSE 0 END) AS approved,
       SUM(CASE WHEN d.status IN ('proposed', 'admitted', 'reported') THEN 1 ELSE 0 END) AS admitted
FROM application a
JOIN choice c ON c.application_id = a.id AND c.number = 1
JOIN base b ON b.code = c.base_code
LEFT JOIN admission d ON d.application_id = a.id
WHERE a.batch_id = :batch_id AND a.status IN ('submitted', 'returned', 'approved', 'rejected')
GROUP BY b.city
ORDER BY submitted DESC, name
