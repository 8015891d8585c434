-- Seats and people by place, a specialty at a training base; the report sums them up by base and by specialty.
-- A stopped place offers no seats; what an archived supplement round did not give is its parent's. Reviews are the first choice's (f). Whoever has both choices at one base, or
-- for one specialty, is one person there: `again_base` and `again_specialty` count these second choices.
SELECT p.base_code AS base, b.name AS base_label, p.specialty_code AS specialty, t.name AS specialty_label,
       t.is_shortage,
       CASE WHEN p.stopped THEN 0 ELSE p.quota END AS quota,
       CASE WHEN p.stopped OR (u.parent_id IS NOT NULL AND u.status = 'archived') THEN 0
            ELSE p.quota - p.taken_own - p.taken_entrusted - p.taken_social - p.taken_postgrad - p.ceded END AS vacant,
       COALESCE(w.first_choice, 0) AS first_choice, COALESCE(w.second_choice, 0) AS second_choice,
       COALESCE(w.again_base, 0) AS again_base, COALESCE(w.again_specialty, 0) AS again_specialty,
       COALESCE(w.approved, 0) AS approved, COALESCE(s.admitted, 0) AS admitted
FROM plan p
JOIN batch u ON u.id = p.batch_id
JOIN base b ON b.code = p.base_code
JOIN specialty t ON t.code = p.specialty_code
LEFT JOIN (SELECT c.base_code, c.specialty_code,
                  SUM(CASE WHEN c.number = 1 THEN 1 ELSE 0 END) AS first_choice,
                  SUM(CASE WHEN c.number > 1 THEN 1 ELSE 0 END) AS second_choice,
                  SUM(CASE WHEN c.number > 1 AND f.base_code = c.base_code THEN 1 ELSE 0 END) AS again_base,
                  SUM(CASE WHEN c.number > 1 AND f.specialty_code = c.specialty_code THEN 1 ELSE 0 END)
                    AS again_specialty,
                  SUM(CASE WHEN c.number = 1 AND a.status = 'approved' THEN 1 ELSE 0 END) AS approved
           FROM application a
           JOIN choice f ON f.application_id = a.id AND f.number = 1
           JOIN choice c ON c.application_id = a.id
           WHERE a.batch_id = :batch_id AND a.status IN ('submitted', 'returned', 'approved', 'rejected')
           GROUP BY c.base_code, c.specialty_code) w
       ON w.base_code = p.base_code AND w.specialty_code = p.specialty_code
LEFT JOIN (SELECT d.base_code, d.specialty_code, COUNT(*) AS admitted
           FROM application a
           JOIN admission d ON d.application_id = a.id
           WHERE a.batch_id = :batch_id AND a.status = 'approved' AND d.status IN ('proposed', 'admitted', 'reported')
           GROUP BY d.base_code, d.specialty_code) s
       ON s.base_code = p.base_code AND s.specialty_code = p.specialty_code
WHERE p.batch_id = :batch_id
ORDER BY CASE WHEN t.is_shortage THEN 0 ELSE 1 END, p.specialty_code, p.base_code
