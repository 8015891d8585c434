-- Applications that may be one person's under two numbers: the same mobile phone, or the same name, day of
-- birth and school. Two of each group are named; what they share is not shown.
SELECT 'mobile' AS shared, COUNT(*) AS people, MIN(a.application_no) AS one, MAX(a.application_no) AS other
FROM application a
JOIN trainee t ON t.id = a.trainee_id
WHERE a.batch_id = :batch_id AND a.status <> 'withdrawn' AND t.mobile IS NOT NULL
GROUP BY t.mobile
HAVING COUNT(*) > 1
UNION ALL
SELECT 'person', COUNT(*), MIN(a.application_no), MAX(a.application_no)
FROM application a
JOIN snapshot n ON n.application_id = a.id AND n.version = a.snapshot_version
WHERE a.batch_id = :batch_id AND a.status IN ('submitted', 'returned', 'approved', 'rejected')
GROUP BY n.name, n.birth_date, n.school
HAVING COUNT(*) > 1
ORDER BY shared, one
