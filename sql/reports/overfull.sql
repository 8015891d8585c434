-- Places where more people hold a seat than there are, all or of one identity, those of the supplement rounds
-- of the batch included: they sit on its seats. The database refuses this: a row here is an alarm.
SELECT p.base_code AS base, b.name AS base_label, p.specialty_code AS specialty, t.name AS specialty_label,
       p.quota, s.seated
FROM (SELECT d.base_code, d.specialty_code, COUNT(*) AS seated,
             SUM(CASE WHEN d.identity = 'own' THEN 1 ELSE 0 END) AS own,
             SUM(CASE WHEN d.identity = 'entrusted' THEN 1 ELSE 0 END) AS entrusted,
             SUM(CASE WHEN d.identity = 'social' THEN 1 ELSE 0 END) AS social,
             SUM(CASE WHEN d.identity = 'postgrad' THEN 1 ELSE 0 END) AS postgrad
      FROM application a
      JOIN admission d ON d.application_id = a.id
      WHERE a.batch_id IN (SELECT r.id FROM batch r WHERE r.id = :batch_id OR r.parent_id = :batch_id)
        AND a.status = 'approved' AND d.status IN ('proposed', 'admitted', 'reported')
      GROUP BY d.base_code, d.specialty_code) s
JOIN plan p ON p.batch_id = :batch_id AND p.base_code = s.base_code AND p.specialty_code = s.specialty_code
JOIN base b ON b.code = p.base_code
JOIN specialty t ON t.code = p.specialty_code
WHERE s.seated > p.quota OR s.own > p.max_own OR s.entrusted > p.max_entrusted OR s.social > p.max_social
   OR s.postgrad > p.max_postgrad
ORDER BY p.base_code, p.specialty_code
