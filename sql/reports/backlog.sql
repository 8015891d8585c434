-- Applications that wait for review, by first-choice base, and since when the oldest does (UTC).
SELECT c.base_code AS base, b.name AS base_label, COUNT(*) AS waiting, MIN(a.submitted_at) AS oldest
FROM application a
JOIN choice c ON c.application_id = a.id AND c.number = 1
JOIN base b ON b.code = c.base_code
WHERE a.batch_id = :batch_id AND a.status = 'submitted'
GROUP BY c.base_code, b.name
ORDER BY oldest, base
