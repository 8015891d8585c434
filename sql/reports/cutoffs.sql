-- The marks seats were given at, by place, in hundredths. Whoever was placed by hand or before the run sets no line.
SELECT s.base_code AS base, b.name AS base_label, s.specialty_code AS specialty, t.name AS specialty_label,
       s.people, s.lowest, s.highest, s.summed
FROM (SELECT d.base_code, d.specialty_code, COUNT(*) AS people,
             MIN(d.total) AS lowest, MAX(d.total) AS highest, SUM(d.total) AS summed
      FROM application a
      JOIN admission d ON d.application_id = a.id
      WHERE a.batch_id = :batch_id AND a.status = 'approved' AND d.status IN ('proposed', 'admitted', 'reported')
        AND d.via NOT IN ('place', 'preplaced') AND d.total IS NOT NULL
      GROUP BY d.base_code, d.specialty_code) s
JOIN base b ON b.code = s.base_code
JOIN specialty t ON t.code = s.specialty_code
ORDER BY s.specialty_code, s.base_code
