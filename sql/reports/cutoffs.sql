-- The marks seats were given at, by place, in hundredths. Whoever was placed by hand (via place) sets no line.
SELECT d.base_code AS base, b.name AS base_label, d.specialty_code AS specialty, t.name AS specialty_label,
       COUNT(*) AS people, MIN(d.total) AS lowest, MAX(d.total) AS highest, SUM(d.total) AS summed
FROM admission d
JOIN base b ON b.code = d.base_code
JOIN specialty t ON t.code = d.specialty_code
WHERE d.batch_id = :batch_id AND d.status IN ('proposed', 'admitted', 'reported')
  AND d.via <> 'place' AND d.total IS NOT NULL
GROUP BY d.base_code, b.name, d.specialty_code, t.name
ORDER BY d.specialty_code, d.base_code
