-- The batches under way, each with its applications; what a batch has seated shows from its publication on.
SELECT b.code AS batch, b.name AS batch_name, b.status, b.apply_until AS until,
       COALESCE(s.submitted, 0) AS submitted, COALESCE(s.waiting, 0) AS waiting,
       COALESCE(s.approved, 0) AS approved,
       CASE WHEN b.status IN ('publicity', 'final', 'archived') THEN COALESCE(s.admitted, 0) ELSE NULL END AS admitted
FROM batch b
LEFT JOIN (SELECT a.batch_id, COUNT(*) AS submitted,
                  SUM(CASE WHEN a.status = 'submitted' THEN 1 ELSE 0 END) AS waiting,
                  SUM(CASE WHEN a.status = 'approved' THEN 1 ELSE 0 END) AS approved,
                  SUM(CASE WHEN a.status = 'approved' AND d.status IN ('proposed', 'admitted', 'reported')
                           THEN 1 ELSE 0 END) AS admitted
           FROM application a
           LEFT JOIN admission d ON d.application_id = a.id
           WHERE a.status IN ('submitted', 'returned', 'approved', 'rejected')
             AND a.batch_id IN (SELECT l.id FROM batch l WHERE l.status NOT IN ('archived', 'cancelled'))
           GROUP BY a.batch_id) s ON s.batch_id = b.id
WHERE b.status NOT IN ('archived', 'cancelled')
ORDER BY b.code
