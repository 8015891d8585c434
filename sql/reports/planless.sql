-- Training bases in use that offer no seat in the batch. A round takes over what its parent has left: a base
-- that has places there lacks no plan. Where several provinces share a database, a base that another batch of
-- the year has seats at is that one's, if the batch has seats in other provinces alone (the first two digits of
-- the city).
SELECT b.code AS base, b.name AS base_label
FROM base b
WHERE b.status = 'enabled'
  AND NOT EXISTS (SELECT 1 FROM plan p
                  WHERE p.batch_id = :batch_id AND p.base_code = b.code AND p.quota > 0 AND NOT p.stopped)
  AND NOT EXISTS (SELECT 1 FROM batch r JOIN plan p ON p.batch_id = r.parent_id
                  WHERE r.id = :batch_id AND p.base_code = b.code AND p.quota > 0)
  AND (b.code NOT IN (SELECT p.base_code FROM plan p JOIN batch o ON o.id = p.batch_id
                      WHERE p.quota > 0 AND o.id <> :batch_id
                        AND o.year = (SELECT r.year FROM batch r WHERE r.id = :batch_id))
       OR SUBSTR(b.city, 1, 2) IN (SELECT SUBSTR(h.city, 1, 2) FROM plan p JOIN base h ON h.code = p.base_code
                                   WHERE p.batch_id = :batch_id AND p.quota > 0)
       OR NOT EXISTS (SELECT 1 FROM plan p JOIN base h ON h.code = p.base_code
                      WHERE p.batch_id = :batch_id AND p.quota > 0 AND h.city <> ''))
ORDER BY b.code
