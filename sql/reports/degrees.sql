-- People by degree, as submitted; no name where none was given.
SELECT n.degree AS name,
       COUNT(*) AS submitted,
       SUM(CASE WHEN a.status = 'approved' THEN 1 ELSE 0 END) AS approved,
       SUM(CASE WHEN d.status IN ('proposed', 'admitted', 'reported') THEN 1 ELSE 0 END) AS admitted
FROM application a
JOIN snapshot n ON n.application_id = a.id AND n.version = a.snapshot_version
LEFT JOIN admission d ON d.application_id = a.id
WHERE a.batch_id = :batch_id AND a.status IN ('submitted', 'returned', 'approved', 'rejected')
GROUP BY n.degree
ORDER BY submitted DESC, name
