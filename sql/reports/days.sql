-- Applications per day of their first submission (+08:00), those since withdrawn left out.
SELECT submitted_on AS day, COUNT(*) AS people
FROM application
WHERE batch_id = :batch_id AND status IN ('submitted', 'returned', 'approved', 'rejected')
GROUP BY submitted_on
ORDER BY submitted_on
