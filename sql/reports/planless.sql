-- Training bases in use that offer no seat in the batch.
SELECT b.code AS base, b.name AS base_label
FROM base b
WHERE b.status = 'enabled'
  AND NOT EXISTS (SELECT 1 FROM plan p
                  WHERE p.batch_id = :batch_id AND p.base_code = b.code AND p.quota > 0 AND NOT p.stopped)
ORDER BY b.code
