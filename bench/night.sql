-- What a person who knows this database would write by hand for the shipped checks: no generic columns, no layers.
-- night.py reads the sections; names in %( )s are constants (ids of checks, company, moment, time zone).

-- === found ===
WITH outgoing AS (SELECT id FROM stock_picking_type WHERE code = 'outgoing'),
delivered AS (
  SELECT sale_id, MAX(date_deadline) AS deadline, MAX(date_done) AS done_at,
         BOOL_OR(state <> 'done' OR date_done > %(as_of)s) AS is_open
    FROM stock_picking
   WHERE state <> 'cancel' AND sale_id IS NOT NULL AND picking_type_id IN (SELECT id FROM outgoing) GROUP BY sale_id),
promised AS (
  SELECT o.id, o.name, o.team_id, o.sbo_clerk_id, COALESCE(o.commitment_date, d.deadline) AS due_at,
         CASE WHEN NOT d.is_open THEN d.done_at END AS done_at
    FROM sale_order o JOIN delivered d ON d.sale_id = o.id
   WHERE o.company_id = %(company)s AND COALESCE(o.commitment_date, d.deadline) >= %(since)s),
days AS (
  SELECT *, (due_at AT TIME ZONE 'UTC' AT TIME ZONE %(tz)s)::date AS due_day,
         (COALESCE(done_at, %(as_of)s) AT TIME ZONE 'UTC' AT TIME ZONE %(tz)s)::date AS done_day FROM promised),
late AS MATERIALIZED (
  SELECT d.id, d.name, d.team_id, d.due_at, d.done_at, COALESCE(a.deputy_id, r.user_id, d.sbo_clerk_id) AS user_id,
         jsonb_build_object('promised', d.due_day, 'delivered', CASE WHEN d.done_at IS NOT NULL THEN d.done_day END,
                            'days_late', d.done_day - d.due_day) AS evidence
    FROM days d
    LEFT JOIN sbo_responsibility r ON r.res_model = 'sale.order' AND r.res_id = d.id AND r.date_from <= d.due_at
     AND (r.date_to IS NULL OR r.date_to > d.due_at)
    LEFT JOIN sbo_absence a ON a.user_id = COALESCE(r.user_id, d.sbo_clerk_id) AND a.date_from <= d.due_at
     AND a.date_to > d.due_at
   WHERE d.done_day > d.due_day),
month AS (SELECT * FROM unnest(%(months)s::text[], %(first_days)s::date[], %(dues)s::timestamp[]) m(key, first_day, due_at)),
buying AS (
  SELECT DISTINCT p.commercial_partner_id AS id, m.key, m.first_day, m.due_at
    FROM month m JOIN sale_order o ON o.date_order <= m.due_at AND o.date_order > m.due_at - interval '180 days'
    JOIN res_partner p ON p.id = o.partner_id
   WHERE o.state = 'sale' AND o.company_id = %(company)s),
spoken AS (
  SELECT partner_id, (MAX(date) AT TIME ZONE 'UTC' AT TIME ZONE %(tz)s)::date AS last_on FROM sbo_contact_log
   WHERE company_id = %(company)s AND date <= %(as_of)s AND active AND result <> 'not_reached' GROUP BY 1),
silent AS (
  SELECT *, (GREATEST(start_on, %(check_from)s) + days + 1)::timestamp AT TIME ZONE %(tz)s AT TIME ZONE 'UTC' AS due_at
    FROM (SELECT p.id, p.complete_name, p.sbo_clerk_id, l.last_on, COALESCE(f.grade, 'c') AS grade,
                 COALESCE(l.last_on, p.sbo_filed_on, p.create_date::date) AS start_on,
                 CASE f.grade WHEN 'a' THEN 30 WHEN 'b' THEN 90 ELSE 180 END AS days
            FROM res_partner p
            JOIN sbo_customer_figure f ON f.partner_id = p.id AND f.company_id = %(company)s
            LEFT JOIN spoken l ON l.partner_id = p.id
           WHERE p.active AND p.sbo_is_customer AND p.sbo_clerk_id IS NOT NULL AND f.lifecycle <> 'prospect'
             AND f.grade IS DISTINCT FROM 'd' AND (p.company_id IS NULL OR p.company_id = %(company)s)) x)
SELECT %(delivery_late)s AS check_id, 'orders' AS area, '3' AS severity, 'undetermined' AS cause,
       'sale.order' AS res_model, id AS res_id, name AS res_name, '' AS key, team_id, user_id, due_at,
       done_at AS closed_at, 1.0 AS quantity, evidence FROM late
UNION ALL
SELECT %(bench_late_hours)s, 'orders', '3', 'undetermined', 'sale.order', id, name, '', team_id, user_id, due_at, done_at,
       ROUND((GREATEST(0, COALESCE(e.worked, 0) - COALESCE(s.worked, 0)) / 3600)::numeric, 2), evidence
  FROM late
  LEFT JOIN LATERAL (
    SELECT (seconds_before + LEAST(seconds, EXTRACT(EPOCH FROM due_at - start_at)))::float AS worked FROM sbo_working_day
     WHERE calendar_id = %(calendar)s AND start_at <= due_at ORDER BY start_at DESC LIMIT 1) s ON TRUE
  LEFT JOIN LATERAL (
    SELECT (seconds_before + LEAST(seconds, EXTRACT(EPOCH FROM COALESCE(done_at, %(as_of)s) - start_at)))::float AS worked
      FROM sbo_working_day WHERE calendar_id = %(calendar)s AND start_at <= COALESCE(done_at, %(as_of)s)
     ORDER BY start_at DESC LIMIT 1) e ON TRUE
UNION ALL
SELECT %(order_no_promised_date)s, 'orders', '2', 'clerk', 'sale.order', o.id, o.name, '', o.team_id,
       COALESCE(a.deputy_id, r.user_id, o.sbo_clerk_id), o.date_order, NULL, 1.0,
       jsonb_build_object('date_order', o.date_order, 'amount_total', o.amount_total)
  FROM sale_order o
  LEFT JOIN sbo_responsibility r ON r.res_model = 'sale.order' AND r.res_id = o.id AND r.date_from <= o.date_order
   AND (r.date_to IS NULL OR r.date_to > o.date_order)
  LEFT JOIN sbo_absence a ON a.user_id = COALESCE(r.user_id, o.sbo_clerk_id) AND a.date_from <= o.date_order
   AND a.date_to > o.date_order
 WHERE o.state = 'sale' AND o.commitment_date IS NULL AND o.delivery_status IN ('pending', 'started', 'partial')
   AND o.company_id = %(company)s AND o.date_order BETWEEN %(since)s AND %(as_of)s
UNION ALL
SELECT %(order_below_pricelist)s, 'orders', '2', 'undetermined', 'sale.order', o.id, o.name, l.id::text, o.team_id,
       COALESCE(a.deputy_id, r.user_id, o.sbo_clerk_id), o.date_order, NULL, 1.0,
       jsonb_build_object('product', l.name, 'price', ROUND(l.net::numeric, 4), 'list_price', l.sbo_pricelist_price,
                          'difference', ROUND((l.net - l.sbo_pricelist_price)::numeric, 4))
  FROM sale_order o
  JOIN (SELECT id, order_id, name, sbo_pricelist_price, price_unit * (1 - COALESCE(discount, 0) / 100.0) AS net
          FROM sale_order_line WHERE sbo_pricelist_price > 0 AND display_type IS NULL) l ON l.order_id = o.id
  JOIN res_currency c ON c.id = o.currency_id
  LEFT JOIN sbo_responsibility r ON r.res_model = 'sale.order' AND r.res_id = o.id AND r.date_from <= o.date_order
   AND (r.date_to IS NULL OR r.date_to > o.date_order)
  LEFT JOIN sbo_absence a ON a.user_id = COALESCE(r.user_id, o.sbo_clerk_id) AND a.date_from <= o.date_order
   AND a.date_to > o.date_order
 WHERE o.state = 'sale' AND o.company_id = %(company)s AND o.date_order BETWEEN %(since)s AND %(as_of)s
   AND l.net < l.sbo_pricelist_price - c.rounding / 2
UNION ALL
SELECT %(customer_not_verified)s, 'customers', '1', 'clerk', 'res.partner', p.id, p.complete_name, m.key, NULL::integer,
       COALESCE(a.deputy_id, r.user_id, p.sbo_clerk_id), m.due_at, NULL, 1.0,
       jsonb_build_object('verified', p.sbo_verified_on)
  FROM res_partner p
  JOIN buying m ON m.id = p.id AND (p.sbo_verified_on IS NULL OR p.sbo_verified_on < m.first_day)
  LEFT JOIN sbo_responsibility r ON r.res_model = 'res.partner' AND r.res_id = p.id AND r.date_from <= m.due_at
   AND (r.date_to IS NULL OR r.date_to > m.due_at)
  LEFT JOIN sbo_absence a ON a.user_id = COALESCE(r.user_id, p.sbo_clerk_id) AND a.date_from <= m.due_at
   AND a.date_to > m.due_at
 WHERE p.active AND p.sbo_clerk_id IS NOT NULL
UNION ALL
SELECT %(customer_code_invalid)s, 'customers', '2', 'clerk', 'res.partner', p.id, p.complete_name, '', NULL::integer,
       COALESCE(a.deputy_id, r.user_id, p.sbo_clerk_id), NULL, NULL, 1.0,
       jsonb_build_object('vat', p.vat, 'country_id', p.country_id)
  FROM res_partner p
  LEFT JOIN sbo_responsibility r ON r.res_model = 'res.partner' AND r.res_id = p.id AND r.date_from <= %(as_of)s
   AND (r.date_to IS NULL OR r.date_to > %(as_of)s)
  LEFT JOIN sbo_absence a ON a.user_id = COALESCE(r.user_id, p.sbo_clerk_id) AND a.date_from <= %(as_of)s
   AND a.date_to > %(as_of)s
 WHERE p.sbo_code_invalid AND p.active
UNION ALL
SELECT %(customer_contact_overdue)s, 'customers', '1', 'clerk', 'res.partner', p.id, p.complete_name, '', NULL::integer,
       COALESCE(a.deputy_id, r.user_id, p.sbo_clerk_id), p.due_at, NULL, 1.0,
       jsonb_build_object('last_contact', p.last_on, 'grade', UPPER(p.grade), 'contact_days', p.days)
  FROM silent p
  LEFT JOIN sbo_responsibility r ON r.res_model = 'res.partner' AND r.res_id = p.id AND r.date_from <= p.due_at
   AND (r.date_to IS NULL OR r.date_to > p.due_at)
  LEFT JOIN sbo_absence a ON a.user_id = COALESCE(r.user_id, p.sbo_clerk_id) AND a.date_from <= p.due_at
   AND a.date_to > p.due_at
 WHERE p.due_at <= %(as_of)s

-- === first night ===
INSERT INTO bench_finding (check_id, area, severity, cause, res_model, res_id, res_name, key, team_id, user_id, due_at,
                           closed_at, quantity, evidence, company_id, origin, state, opened_at, create_uid, write_uid,
                           create_date, write_date)
SELECT check_id, area, severity, cause, res_model, res_id, res_name, key, team_id, user_id, COALESCE(due_at, %(as_of)s),
       closed_at, quantity, evidence, %(company)s, 'auto', 'candidate', %(as_of)s, 1, 1, now() AT TIME ZONE 'UTC',
       now() AT TIME ZONE 'UTC'
  FROM ($found) f;

-- === steady night ===
CREATE TEMP TABLE found ON COMMIT DROP AS $found;
ANALYZE found;
INSERT INTO bench_finding (check_id, area, severity, cause, res_model, res_id, res_name, key, team_id, user_id, due_at,
                           closed_at, quantity, evidence, company_id, origin, state, opened_at, create_uid, write_uid,
                           create_date, write_date)
SELECT check_id, area, severity, cause, res_model, res_id, res_name, key, team_id, user_id, COALESCE(due_at, %(as_of)s),
       closed_at, quantity, evidence, %(company)s, 'auto', 'candidate', %(as_of)s, 1, 1, now() AT TIME ZONE 'UTC',
       now() AT TIME ZONE 'UTC'
  FROM found
 WHERE NOT EXISTS (SELECT 1 FROM bench_finding b WHERE b.check_id = found.check_id AND b.res_id = found.res_id
                      AND b.key = found.key AND (b.closed_at IS NULL OR b.due_at = found.due_at));
UPDATE bench_finding b
   SET quantity = f.quantity, closed_at = f.closed_at, write_date = now() AT TIME ZONE 'UTC',
       evidence = CASE WHEN b.state = 'candidate' THEN f.evidence ELSE b.evidence END,
       user_id = CASE WHEN b.state = 'candidate' THEN f.user_id ELSE b.user_id END,
       due_at = CASE WHEN b.state = 'candidate' THEN COALESCE(f.due_at, b.due_at) ELSE b.due_at END
  FROM found f
 WHERE b.closed_at IS NULL AND b.check_id = f.check_id AND b.res_id = f.res_id AND b.key = f.key
   AND (b.quantity <> f.quantity OR f.closed_at IS NOT NULL OR b.state = 'candidate' AND (b.evidence <> f.evidence
        OR b.user_id IS DISTINCT FROM f.user_id OR f.due_at <> b.due_at));
UPDATE bench_finding b SET closed_at = %(as_of)s, write_date = now() AT TIME ZONE 'UTC'
 WHERE b.closed_at IS NULL AND NOT EXISTS (
       SELECT 1 FROM found f WHERE f.check_id = b.check_id AND f.res_id = b.res_id AND f.key = b.key)
