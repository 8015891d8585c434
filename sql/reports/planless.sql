-- Training bases in use that offer no seat in the batch. A round takes over what its parent has left: a base
-- that has places there lacks no plan. Where several provinces share a database, the bases of another province
-- than those the batch plans in (the first two digits of the city) are not its own.
SELECT b.code AS base, b.name AS base_label
FROM base b
WHERE b.status = 'enabled'
  AND NOT EXISTS (SELECT 1 FROM plan p
                  WHERE p.batch_id = :batch_id AND p.base_code = b.code AND p.quota > 0 AND NOT p.stopped)
  AND NOT EXISTS (SELECT 1 FROM batch r JOIN plan p ON p.batch_id = r.parent_id
                  WHERE r.id = :batch_id AND p.base_code = b.code AND p.quota > 0)
  AND (b.city = ''
       OR SUBSTR(b.city, 1, 2) IN (SELECT SUBSTR(h.city, 1, 2) FROM plan p JOIN base h ON h.code = p.base_code
                                   WHERE p.batch_id = :batch_id AND h.city <> '')
       OR NOT EXISTS (SELECT 1 FROM plan p JOIN base h ON h.code = p.base_code
                      WHERE p.batch_id = :batch_id AND h.city <> ''))
ORDER BY b.code
