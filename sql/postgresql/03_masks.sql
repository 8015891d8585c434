-- The masks of zhupei_cli/rules/people/masking.py, applied where the whole value must not leave the database. A test
-- compares the two. Only an address is hidden whole here: finding its city needs the program.
CREATE OR REPLACE FUNCTION zhupei.tail(value text, most integer) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
  SELECT repeat('*', length(value) - least(most, length(value) / 2)) || right(value, least(most, length(value) / 2))
$$;

CREATE OR REPLACE FUNCTION zhupei.masked(kind text, value text) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE
    WHEN value IS NULL THEN NULL
    WHEN kind IN ('id_number', 'licence_no') AND length(value) >= 15 AND left(value, 4) ~ '^[0-9]{4}$'
      THEN left(value, 4) || repeat('*', length(value) - 8) || right(value, 4)
    WHEN kind IN ('mobile', 'emergency_phone') AND length(value) >= 11
      THEN left(value, 3) || repeat('*', length(value) - 7) || right(value, 4)
    WHEN kind = 'email' AND strpos(value, '@') > 0
      THEN left(substring(value FROM '^(.*)@'), 1) || '****' || substring(value FROM '@[^@]*$')
    WHEN kind IN ('email', 'address') THEN '****'
    -- From a whole birth date the hidden digits of an ID number are computed back; still a date, for the program.
    WHEN kind = 'birth_date' THEN left(value, 4) || '-01-01'
    ELSE zhupei.tail(value, 4)
  END
$$;

-- Numbers of people in what somebody typed: `masked_text` of the program, for events that leave in sealed files.
CREATE OR REPLACE FUNCTION zhupei.masked_text(typed text) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
  -- Written in one, with one blank or hyphen, with two; a star for each character that goes.
  SELECT regexp_replace(regexp_replace(regexp_replace(
    regexp_replace(regexp_replace(regexp_replace(typed,
    '(?<![0-9０-９])([0-9０-９]{4})[0-9０-９]{10}([0-9０-９]{3}[0-9０-９XxＸｘ])(?![0-9０-９])', '\1**********\2', 'g'),
    '(?<![0-9０-９])([0-9０-９]{4})[0-9０-９]{2}(?:[ -][0-9０-９]{8}|[0-9０-９]{8}[ -])([0-9０-９]{3}[0-9０-９XxＸｘ])(?![0-9０-９])',
    '\1***********\2', 'g'),
    '(?<![0-9０-９])([0-9０-９]{4})[0-9０-９]{2}[ -][0-9０-９]{8}[ -]([0-9０-９]{3}[0-9０-９XxＸｘ])(?![0-9０-９])',
    '\1************\2', 'g'),
    '(?<![0-9０-９])(1[0-9０-９]{2})[0-9０-９]{4}([0-9０-９]{4})(?![0-9０-９])', '\1****\2', 'g'),
    '(?<![0-9０-９])(1[0-9０-９]{2})(?:[ -][0-9０-９]{4}|[0-9０-９]{4}[ -])([0-9０-９]{4})(?![0-9０-９])', '\1*****\2', 'g'),
    '(?<![0-9０-９])(1[0-9０-９]{2})[ -][0-9０-９]{4}[ -]([0-9０-９]{4})(?![0-9０-９])', '\1******\2', 'g')
$$;

CREATE OR REPLACE FUNCTION zhupei.masked_fields(entry jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE AS $$
  SELECT entry || coalesce(jsonb_object_agg(key, zhupei.masked(key, value)), '{}')
  FROM jsonb_each_text(entry)
  WHERE value IS NOT NULL AND key IN ('id_number', 'mobile', 'emergency_phone', 'address', 'email', 'licence_no', 'birth_date',
                                      'diploma_no', 'degree_no')
$$;

-- The content of a snapshot: the person and each education entry.
CREATE OR REPLACE FUNCTION zhupei.masked_content(content text) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
  SELECT (
    content::jsonb
    || jsonb_build_object('person', zhupei.masked_fields(coalesce(content::jsonb -> 'person', '{}')))
    || jsonb_build_object('educations', (
         SELECT coalesce(jsonb_agg(zhupei.masked_fields(entry) ORDER BY at), '[]')
         FROM jsonb_array_elements(coalesce(content::jsonb -> 'educations', '[]')) WITH ORDINALITY AS e (entry, at)))
  )::text
$$;
