-- Who was placed by which choice, who was not, and who gave the seat up or lost it.
SELECT CASE WHEN status IN ('proposed', 'admitted', 'reported') THEN via
            WHEN status = 'not_admitted' THEN 'not_admitted'
            ELSE 'given_up' END AS outcome,
       COUNT(*) AS people
FROM admission
WHERE batch_id = :batch_id
GROUP BY CASE WHEN status IN ('proposed', 'admitted', 'reported') THEN via
              WHEN status = 'not_admitted' THEN 'not_admitted'
              ELSE 'given_up' END
ORDER BY outcome
