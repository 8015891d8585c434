-- Seats and people by place: a specialty at a training base.
-- A stopped place offers no seats. `applied` counts people, by whatever choice; f is their first choice, whose
-- base reviews them.
SELECT p.base_code AS base, b.name AS base_label,
       p.specialty_code AS specialty, t.name AS specialty_label, t.is_shortage,
       p.quota, p.vacant,
       COALESCE(w.applied, 0) AS applied, COALESCE(w.first_choice, 0) AS first_choice,
       COALESCE(w.second_choice, 0) AS second_choice, COALESCE(w.approved, 0) AS approved,
       COALESCE(s.admitted, 0) AS admitted
FROM (SELECT base_code, specialty_code,
             SUM(CASE WHEN stopped THEN 0 ELSE quota END) AS quota,
             SUM(CASE WHEN stopped THEN 0 ELSE quota - taken_own - taken_entrusted - taken_social END) AS vacant
      FROM plan
      WHERE batch_id = :batch_id
      GROUP BY base_code, specialty_code) p
JOIN base b ON b.code = p.base_code
JOIN specialty t ON t.code = p.specialty_code
LEFT JOIN (SELECT c.base_code, c.specialty_code,
                  SUM(CASE WHEN c.number = 1 OR f.base_code <> c.base_code OR f.specialty_code <> c.specialty_code THEN 1 ELSE 0 END) AS applied,
                  SUM(CASE WHEN c.number = 1 THEN 1 ELSE 0 END) AS first_choice,
                  SUM(CASE WHEN c.number > 1 THEN 1 ELSE 0 END) AS second_choice,
                  SUM(CASE WHEN c.number = 1 AND a.status = 'approved' THEN 1 ELSE 0 END) AS approved
           FROM application a
           JOIN choice f ON f.application_id = a.id AND f.number = 1
           JOIN choice c ON c.application_id = a.id
           WHERE a.batch_id = :batch_id AND a.status IN ('submitted', 'returned', 'approved', 'rejected')
           GROUP BY c.base_code, c.specialty_code) w ON w.base_code = p.base_code AND w.specialty_code = p.specialty_code
LEFT JOIN (SELECT base_code, specialty_code, COUNT(*) AS admitted
           FROM admission
           WHERE batch_id = :batch_id AND status IN ('proposed', 'admitted', 'reported')
           GROUP BY base_code, specialty_code) s ON s.base_code = p.base_code AND s.specialty_code = p.specialty_code
ORDER BY CASE WHEN t.is_shortage THEN 0 ELSE 1 END, p.specialty_code, p.base_code
