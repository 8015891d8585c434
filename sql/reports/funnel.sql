-- How far people got, one row a stage. Whoever withdrew is in none but the first, which counts everybody known.
-- Admissions are reached from their applications, in the order they lie in: three times as fast as by batch.
-- Who 有成绩, stage 5, is counted by services.score_marks, as every screen does.
SELECT 1 AS position, 'registered' AS stage, COUNT(*) AS people FROM trainee
UNION ALL
SELECT 2, 'filled', COUNT(*) FROM application WHERE batch_id = :batch_id AND status <> 'withdrawn'
UNION ALL
SELECT 3, 'submitted', COUNT(*) FROM application
WHERE batch_id = :batch_id AND status IN ('submitted', 'returned', 'approved', 'rejected')
UNION ALL
SELECT 4, 'approved', COUNT(*) FROM application WHERE batch_id = :batch_id AND status = 'approved'
UNION ALL
SELECT 6, 'admitted', COUNT(*) FROM application a
JOIN admission d ON d.application_id = a.id
WHERE a.batch_id = :batch_id AND a.status = 'approved' AND d.status IN ('proposed', 'admitted', 'reported')
UNION ALL
SELECT 7, 'reported', COUNT(*) FROM application a
JOIN admission d ON d.application_id = a.id
WHERE a.batch_id = :batch_id AND a.status = 'approved' AND d.status = 'reported'
ORDER BY position
