-- Training bases in use that offer no seat in the batch. A round takes over what its parent has left: a base
-- that has places there lacks no plan.
SELECT b.code AS base, b.name AS base_label
FROM base b
WHERE b.status = 'enabled'
  AND NOT EXISTS (SELECT 1 FROM plan p
                  WHERE p.batch_id = :batch_id AND p.base_code = b.code AND p.quota > 0 AND NOT p.stopped)
  AND NOT EXISTS (SELECT 1 FROM batch r JOIN plan p ON p.batch_id = r.parent_id
                  WHERE r.id = :batch_id AND p.base_code = b.code AND p.quota > 0)
ORDER BY b.code
