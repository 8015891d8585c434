-- Records of marks by band, marks being in hundredths. Band 0 is below 60, 1 to 8 are five marks each from
-- there, -1 has no mark (absent, or not given). Totals are those admission was decided by.
SELECT 1 AS position, 'written' AS component, band, COUNT(*) AS people
FROM (SELECT CASE WHEN s.written IS NULL THEN -1
                  WHEN s.written < 6000 THEN 0 WHEN s.written < 6500 THEN 1 WHEN s.written < 7000 THEN 2
                  WHEN s.written < 7500 THEN 3 WHEN s.written < 8000 THEN 4 WHEN s.written < 8500 THEN 5
                  WHEN s.written < 9000 THEN 6 WHEN s.written < 9500 THEN 7 ELSE 8 END AS band
      FROM application a JOIN score s ON s.application_id = a.id
      WHERE a.batch_id = :batch_id) written_bands
GROUP BY band
UNION ALL
SELECT 2 AS position, 'skill' AS component, band, COUNT(*) AS people
FROM (SELECT CASE WHEN s.skill IS NULL THEN -1
                  WHEN s.skill < 6000 THEN 0 WHEN s.skill < 6500 THEN 1 WHEN s.skill < 7000 THEN 2
                  WHEN s.skill < 7500 THEN 3 WHEN s.skill < 8000 THEN 4 WHEN s.skill < 8500 THEN 5
                  WHEN s.skill < 9000 THEN 6 WHEN s.skill < 9500 THEN 7 ELSE 8 END AS band
      FROM application a JOIN score s ON s.application_id = a.id
      WHERE a.batch_id = :batch_id) skill_bands
GROUP BY band
UNION ALL
SELECT 3 AS position, 'interview' AS component, band, COUNT(*) AS people
FROM (SELECT CASE WHEN s.interview IS NULL THEN -1
                  WHEN s.interview < 6000 THEN 0 WHEN s.interview < 6500 THEN 1 WHEN s.interview < 7000 THEN 2
                  WHEN s.interview < 7500 THEN 3 WHEN s.interview < 8000 THEN 4 WHEN s.interview < 8500 THEN 5
                  WHEN s.interview < 9000 THEN 6 WHEN s.interview < 9500 THEN 7 ELSE 8 END AS band
      FROM application a JOIN score s ON s.application_id = a.id
      WHERE a.batch_id = :batch_id) interview_bands
GROUP BY band
UNION ALL
SELECT 4 AS position, 'total' AS component, band, COUNT(*) AS people
FROM (SELECT CASE WHEN d.total IS NULL THEN -1
                  WHEN d.total < 6000 THEN 0 WHEN d.total < 6500 THEN 1 WHEN d.total < 7000 THEN 2
                  WHEN d.total < 7500 THEN 3 WHEN d.total < 8000 THEN 4 WHEN d.total < 8500 THEN 5
                  WHEN d.total < 9000 THEN 6 WHEN d.total < 9500 THEN 7 ELSE 8 END AS band
      FROM application a JOIN admission d ON d.application_id = a.id
      WHERE a.batch_id = :batch_id AND a.status = 'approved' AND d.total IS NOT NULL) total_bands
GROUP BY band
ORDER BY position, band
