-- Who was placed by which choice, who was not, and who gave the seat up or lost it.
SELECT CASE WHEN d.status IN ('proposed', 'admitted', 'reported') THEN d.via
            WHEN d.status = 'not_admitted' THEN 'not_admitted'
            ELSE 'given_up' END AS outcome,
       COUNT(*) AS people
FROM application a
JOIN admission d ON d.application_id = a.id
WHERE a.batch_id = :batch_id AND a.status = 'approved'
GROUP BY CASE WHEN d.status IN ('proposed', 'admitted', 'reported') THEN d.via
              WHEN d.status = 'not_admitted' THEN 'not_admitted'
              ELSE 'given_up' END
ORDER BY outcome
