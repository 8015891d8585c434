-- Applications whose person's profile lacks a part that is required to submit; 1 where it does. Of the educations the
-- highest counts, whose code is the lowest, of the jobs the one that goes on.
SELECT application_no, no_basic, no_contact, no_education, no_work
FROM (SELECT a.application_no,
             CASE WHEN t.gender IS NULL OR t.birth_date IS NULL
                    OR (t.ethnicity IS NULL AND t.id_type IN ('id_card', 'residence_permit'))
                  THEN 1 ELSE 0 END AS no_basic,
             CASE WHEN t.mobile IS NULL OR t.address IS NULL
                    OR t.emergency_name IS NULL OR t.emergency_phone IS NULL
                  THEN 1 ELSE 0 END AS no_contact,
             CASE WHEN NOT EXISTS (SELECT 1 FROM education e
                                   WHERE e.trainee_id = t.id AND e.major IS NOT NULL
                                     AND e.graduated_on IS NOT NULL AND e.full_time IS NOT NULL
                                     AND NOT EXISTS (SELECT 1 FROM education h
                                                     WHERE h.trainee_id = t.id
                                                       AND (h.level < e.level OR h.level = e.level
                                                            AND h.graduated_on > e.graduated_on)))
                  THEN 1 ELSE 0 END AS no_education,
             CASE WHEN t.has_employer IS NULL
                    OR (t.has_employer AND NOT EXISTS (SELECT 1 FROM work w
                                                       WHERE w.trainee_id = t.id AND w.to_date IS NULL))
                  THEN 1 ELSE 0 END AS no_work
      FROM application a
      JOIN trainee t ON t.id = a.trainee_id
      WHERE a.batch_id = :batch_id AND a.status <> 'withdrawn') parts
WHERE no_basic + no_contact + no_education + no_work > 0
ORDER BY application_no
