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

-- === papers ===
WITH opened AS (SELECT start_at, end_at, date, day_no, seconds, seconds_before, day_before + seconds = day_seconds AS closes
                  FROM sbo_working_day WHERE calendar_id = %(calendar)s),
sent AS (
  SELECT p.id, p.name, p.sale_id, p.date_done, p.sbo_told_at AS told_at, p.sbo_signed_noted_at AS noted_at, p.sbo_signed_on,
         p.sbo_unsigned_reason, (p.date_done AT TIME ZONE 'UTC' AT TIME ZONE %(tz)s)::date AS day
    FROM stock_picking p JOIN stock_picking_type t ON t.id = p.picking_type_id AND t.code = 'outgoing'
   WHERE p.state = 'done' AND p.sale_id IS NOT NULL AND p.company_id = %(company)s AND p.date_done <= %(as_of)s
     AND p.date_done >= %(look_since)s - interval '60 days'),
entered AS (
  SELECT o.id, o.sbo_received_at, o.create_date, w.due_at
    FROM sale_order o
    JOIN LATERAL (SELECT w.seconds_before + LEAST(w.seconds, EXTRACT(EPOCH FROM o.sbo_received_at - w.start_at)) + 14400 AS target
                    FROM sbo_working_day w WHERE w.calendar_id = %(calendar)s AND w.start_at <= o.sbo_received_at
                   ORDER BY w.start_at DESC LIMIT 1) t ON TRUE
    JOIN LATERAL (SELECT GREATEST(o.sbo_received_at, w.start_at + (t.target - w.seconds_before) * interval '1 second') AS due_at
                    FROM sbo_working_day w WHERE w.calendar_id = %(calendar)s AND w.end_at > o.sbo_received_at
                     AND w.seconds_before + w.seconds >= t.target ORDER BY w.end_at LIMIT 1) w ON TRUE
   WHERE o.sbo_received_at BETWEEN %(look_since)s AND %(as_of)s AND o.company_id = %(company)s),
changed AS (
  SELECT c.order_id, c.id, c.user_id, c.changed_at, CASE WHEN c.explained_at <= %(as_of)s THEN c.explained_at END AS done_at,
         w.due_at
    FROM sbo_order_change c
    JOIN LATERAL (SELECT w.seconds_before + LEAST(w.seconds, EXTRACT(EPOCH FROM c.changed_at - w.start_at)) + 28800 AS target
                    FROM sbo_working_day w WHERE w.calendar_id = %(calendar)s AND w.start_at <= c.changed_at
                   ORDER BY w.start_at DESC LIMIT 1) t ON TRUE
    JOIN LATERAL (SELECT GREATEST(c.changed_at, w.start_at + (t.target - w.seconds_before) * interval '1 second') AS due_at
                    FROM sbo_working_day w WHERE w.calendar_id = %(calendar)s AND w.end_at > c.changed_at
                     AND w.seconds_before + w.seconds >= t.target ORDER BY w.end_at LIMIT 1) w ON TRUE
   WHERE c.changed_at BETWEEN %(look_since)s AND %(as_of)s AND c.company_id = %(company)s),
left_at AS (
  SELECT o.id, o.date_order, d.finished_at
    FROM sale_order o
    JOIN (SELECT p.sale_id, CASE WHEN NOT BOOL_OR(p.state <> 'done' OR p.date_done > %(as_of)s) THEN MAX(p.date_done) END
                            AS finished_at
            FROM stock_picking p JOIN stock_picking_type t ON t.id = p.picking_type_id AND t.code = 'outgoing'
           WHERE p.state <> 'cancel' GROUP BY p.sale_id) d ON d.sale_id = o.id
   WHERE o.state = 'sale' AND o.company_id = %(company)s AND o.date_order <= %(as_of)s
     AND (d.finished_at >= %(look_since)s) IS NOT FALSE),
looked AS (
  SELECT id, start_at, COALESCE(LEAD(start_at) OVER (PARTITION BY id ORDER BY start_at), finished_at) AS end_at
    FROM (SELECT id, date_order AS start_at, finished_at FROM left_at
          UNION ALL
          SELECT l.id, p.date, l.finished_at FROM left_at l JOIN sbo_order_progress p ON p.order_id = l.id
           WHERE p.date <= %(as_of)s AND p.date > l.date_order AND (p.date <= l.finished_at) IS NOT FALSE) e),
missed AS (
  SELECT l.id, l.start_at, to_char(c.date, '/YYYY-MM') AS month, MIN(c.end_at) AS due_at, MAX(l.end_at) AS done_at,
         COUNT(*) AS number
    FROM looked l
    JOIN LATERAL (SELECT day_no FROM sbo_working_day WHERE calendar_id = %(calendar)s AND date <= GREATEST(
                         (l.start_at AT TIME ZONE 'UTC' AT TIME ZONE %(tz)s)::date, %(look)s::date)
                   ORDER BY date DESC LIMIT 1) f ON TRUE
    JOIN LATERAL (SELECT day_no FROM sbo_working_day WHERE calendar_id = %(calendar)s
                     AND end_at < COALESCE(l.end_at, %(as_of)s) AND day_before + seconds = day_seconds
                   ORDER BY end_at DESC LIMIT 1) t ON TRUE
    JOIN LATERAL generate_series(f.day_no + 3, t.day_no, 3) n(day_no) ON TRUE
    JOIN opened c ON c.day_no = n.day_no AND c.closes
   GROUP BY 1, 2, 3),
told AS (
  SELECT order_id,
         (ARRAY_AGG(COALESCE(new_date, forecast) ORDER BY id DESC) FILTER (
            WHERE reason = 'customer' OR told_at <= %(as_of)s))[1] AS told,
         (ARRAY_AGG(promised ORDER BY id) FILTER (WHERE promised IS NOT NULL))[1] AS first,
         (ARRAY_AGG(forecast ORDER BY id DESC))[1] AS forecast,
         MIN(noted_at) FILTER (WHERE days_slipped > 0 AND (reason = 'customer' OR told_at <= %(as_of)s) IS NOT TRUE) AS slipped_at
    FROM sbo_order_promise WHERE noted_at <= %(as_of)s GROUP BY order_id),
going AS (
  SELECT o.id, p.slipped_at, COALESCE(p.told, p.first, o.commitment_date) AS known,
         GREATEST(o.commitment_date, p.forecast, d.planned, CASE
             WHEN (%(as_of)s::timestamp AT TIME ZONE 'UTC' AT TIME ZONE %(tz)s)::date
                  > (o.commitment_date AT TIME ZONE 'UTC' AT TIME ZONE %(tz)s)::date THEN %(as_of)s::timestamp END) AS expected
    FROM (SELECT p.sale_id, MAX(p.scheduled_date) AS planned
            FROM stock_picking p JOIN stock_picking_type t ON t.id = p.picking_type_id AND t.code = 'outgoing'
           WHERE p.state <> 'cancel' AND (p.state <> 'done' OR p.date_done > %(as_of)s) GROUP BY 1) d
    JOIN sale_order o ON o.id = d.sale_id AND o.state = 'sale' AND o.company_id = %(company)s
    LEFT JOIN told p ON p.order_id = o.id),
slipped AS (
  SELECT id, known, expected, COALESCE(slipped_at, CASE WHEN known_end <= %(as_of)s THEN known_end END) AS due_at
    FROM (SELECT *, ((known AT TIME ZONE 'UTC' AT TIME ZONE %(tz)s)::date + 1)::timestamp AT TIME ZONE %(tz)s
                    AT TIME ZONE 'UTC' AS known_end FROM going) g
   WHERE (expected AT TIME ZONE 'UTC' AT TIME ZONE %(tz)s)::date > (known AT TIME ZONE 'UTC' AT TIME ZONE %(tz)s)::date),
noticed AS (
  SELECT n.*, d.name->>'en_US' AS department, d.manager_id FROM sbo_order_notice n JOIN sbo_department d ON d.id = n.department_id
   WHERE n.company_id = %(company)s),
paper AS (
  SELECT %(order_entry_error)s AS check_id, '2' AS severity, 'clerk' AS cause, order_id, NULL::integer AS own_id,
         NULL AS own_name, 'difference:' || id AS key, user_id, FALSE AS direct, FALSE AS hours, found_at AS due_at,
         CASE WHEN closed_at <= %(as_of)s THEN closed_at END AS done_at, 1.0 AS quantity,
         jsonb_build_object('line', product, 'error_' || field, COALESCE(order_value, '–') || ' → ' ||
                            COALESCE(paper_value, '–')) AS evidence
    FROM sbo_order_difference
   WHERE state <> 'paper_wrong' AND found_at <= %(as_of)s AND company_id = %(company)s
  UNION ALL
  SELECT %(order_entry_error)s, '2', 'clerk', c.order_id, NULL, NULL, 'change:' || l.id, l.user_id, FALSE, FALSE, c.changed_at,
         c.changed_at, 1.0, jsonb_build_object('line', l.product, 'changed_' || l.field,
                                               COALESCE(l.old_value, '–') || ' → ' || COALESCE(l.new_value, '–'))
    FROM sbo_order_change c JOIN sbo_order_change_line l ON l.change_id = c.id
   WHERE c.reason = 'entry_error' AND c.changed_at <= %(as_of)s AND c.company_id = %(company)s
  UNION ALL
  SELECT %(order_entry_late)s, '2', 'clerk', id, NULL, NULL, '', NULL, FALSE, TRUE, due_at, create_date, 1.0,
         jsonb_build_object('received', sbo_received_at, 'entered', create_date)
    FROM entered WHERE date_trunc('second', create_date) > due_at
  UNION ALL
  SELECT %(order_opinion_late)s, '1', 'undetermined', p.order_id, NULL, NULL, 'opinion:' || p.id, d.manager_id, TRUE, TRUE,
         p.due_at, CASE WHEN p.given_at <= %(as_of)s THEN p.given_at END, 1.0,
         jsonb_build_object('asked', p.asked_at, 'given', p.given_at)
    FROM sbo_order_opinion p JOIN sbo_department d ON d.id = p.department_id JOIN sale_order o ON o.id = p.order_id
   WHERE p.due_at < COALESCE(LEAST(p.given_at, %(as_of)s), %(as_of)s) AND p.company_id = %(company)s
     AND (p.given_at IS NOT NULL OR o.state IN ('draft', 'sent'))
  UNION ALL
  SELECT %(order_notice_late)s, '2', 'clerk', order_id, NULL, NULL, 'notice:' || id, NULL, FALSE, TRUE, send_due_at,
         CASE WHEN sent_at <= %(as_of)s THEN sent_at END, 1.0,
         jsonb_build_object('department', department, 'sent', sent_at, 'acknowledged', acknowledged_at)
    FROM noticed WHERE send_due_at < COALESCE(LEAST(sent_at, %(as_of)s), %(as_of)s)
                   AND (state <> 'cancelled' OR sent_at IS NOT NULL)
  UNION ALL
  SELECT %(order_notice_unanswered)s, '2', 'undetermined', order_id, NULL, NULL, 'notice:' || id,
         COALESCE(user_id, manager_id), TRUE, TRUE, ack_due_at,
         CASE WHEN acknowledged_at <= %(as_of)s THEN acknowledged_at END, 1.0,
         jsonb_build_object('department', department, 'sent', sent_at, 'acknowledged', acknowledged_at)
    FROM noticed WHERE ack_due_at < COALESCE(LEAST(acknowledged_at, %(as_of)s), %(as_of)s)
                   AND (state <> 'cancelled' OR acknowledged_at IS NOT NULL)
  UNION ALL
  SELECT %(order_change_open)s, '1', 'undetermined', order_id, NULL, NULL, 'change:' || id, user_id, FALSE, TRUE, due_at, done_at,
         1.0, jsonb_build_object('changed', changed_at) FROM changed WHERE due_at < COALESCE(done_at, %(as_of)s)
  UNION ALL
  SELECT %(order_progress_missing)s, '1', 'clerk', id, NULL, NULL, to_char(start_at, 'YYYYMMDDHH24MISS') || month, NULL, FALSE,
         FALSE, due_at, done_at, number, jsonb_build_object('last_entry', start_at, 'missing_entries', number) FROM missed
  UNION ALL
  SELECT %(order_issue_reply_late)s, '2', 'clerk', i.order_id, i.id, i.name, '', NULL, FALSE, TRUE, i.reply_due_at,
         CASE WHEN i.replied_at <= %(as_of)s THEN i.replied_at END, 1.0,
         jsonb_build_object('order', o.name, 'kind', i.kind, 'opened_at', i.opened_at)
    FROM sbo_order_issue i JOIN sale_order o ON o.id = i.order_id
   WHERE i.state <> 'cancelled' AND i.company_id = %(company)s AND i.opened_at <= %(as_of)s
     AND i.reply_due_at < %(as_of)s AND (i.replied_at IS NULL OR i.replied_at > i.reply_due_at)
  UNION ALL
  SELECT %(order_issue_result_late)s, '2', 'clerk', i.order_id, i.id, i.name, '', NULL, FALSE, FALSE, i.result_due_at,
         CASE WHEN i.solved_at <= %(as_of)s THEN i.solved_at END, 1.0,
         jsonb_build_object('order', o.name, 'kind', i.kind, 'opened_at', i.opened_at)
    FROM sbo_order_issue i JOIN sale_order o ON o.id = i.order_id
   WHERE i.state <> 'cancelled' AND i.company_id = %(company)s AND i.opened_at <= %(as_of)s
     AND i.result_due_at < %(as_of)s AND (i.solved_at IS NULL OR i.solved_at > i.result_due_at)
  UNION ALL
  SELECT %(dispatch_notice_missing)s, '1', 'clerk', sale_id, id, name, '', NULL, FALSE, FALSE, day_end,
         CASE WHEN told_at <= %(as_of)s THEN told_at END, 1.0, jsonb_build_object('delivered', date_done, 'told', told_at)
    FROM (SELECT *, (day + 1)::timestamp AT TIME ZONE %(tz)s AT TIME ZONE 'UTC' AS day_end FROM sent) s
   WHERE day_end < %(as_of)s AND (told_at IS NULL OR told_at >= day_end)
  UNION ALL
  SELECT %(signed_return_missing)s, '2', 'undetermined', s.sale_id, s.id, s.name, '', NULL, FALSE, FALSE, e.due_at,
         CASE WHEN s.noted_at <= %(as_of)s THEN s.noted_at END, 1.0,
         jsonb_build_object('delivered', s.date_done, 'sbo_signed_on', s.sbo_signed_on)
    FROM sent s
    JOIN LATERAL (SELECT day_no FROM sbo_working_day WHERE calendar_id = %(calendar)s AND date <= s.day
                   ORDER BY date DESC LIMIT 1) b ON TRUE
    JOIN LATERAL (SELECT MAX(end_at) AS due_at FROM sbo_working_day
                   WHERE calendar_id = %(calendar)s AND day_no = b.day_no + 7) e ON TRUE
   WHERE s.date_done >= %(signed_from)s AND (s.sbo_signed_on IS NOT NULL OR COALESCE(s.sbo_unsigned_reason, '') = '')
     AND e.due_at < %(as_of)s AND (s.noted_at IS NULL OR s.noted_at > e.due_at)
  UNION ALL
  SELECT %(promise_slipped_untold)s, '3', 'clerk', id, NULL, NULL, '', NULL, FALSE, FALSE, due_at, NULL, 1.0,
         jsonb_build_object('customer_expects', known, 'expected', expected) FROM slipped
  UNION ALL
  SELECT %(order_grown_unverified)s, '3', 'undetermined', id, NULL, NULL, '', NULL, FALSE, FALSE, NULL, NULL, 1.0,
         jsonb_build_object('amount_total', amount_total)
    FROM sale_order
   WHERE state = 'sale' AND sbo_verification_state = 'grown' AND delivery_status IN ('pending', 'started', 'partial')
     AND company_id = %(company)s)
SELECT f.check_id, 'orders' AS area, f.severity, f.cause,
       CASE WHEN f.own_id IS NULL THEN 'sale.order'
            WHEN f.check_id IN (%(order_issue_reply_late)s, %(order_issue_result_late)s) THEN 'sbo.order.issue'
            ELSE 'stock.picking' END AS res_model,
       COALESCE(f.own_id, o.id) AS res_id, COALESCE(f.own_name, o.name) AS res_name, f.key,
       CASE WHEN f.own_id IS NULL OR f.check_id IN (%(order_issue_reply_late)s, %(order_issue_result_late)s)
            THEN o.team_id END AS team_id,
       CASE WHEN f.direct THEN f.user_id ELSE COALESCE(a.deputy_id, r.user_id, f.user_id, o.sbo_clerk_id) END AS user_id,
       f.due_at, f.done_at AS closed_at,
       CASE WHEN f.hours THEN ROUND((GREATEST(0, COALESCE(e.worked, 0) - COALESCE(s.worked, 0)) / 3600)::numeric, 2)
            ELSE f.quantity END AS quantity, f.evidence
  FROM paper f
  JOIN sale_order o ON o.id = f.order_id
  LEFT JOIN sbo_responsibility r ON r.res_model = 'sale.order' AND r.res_id = o.id AND f.user_id IS NULL
   AND r.date_from <= COALESCE(f.due_at, %(as_of)s) AND (r.date_to IS NULL OR r.date_to > COALESCE(f.due_at, %(as_of)s))
  LEFT JOIN sbo_absence a ON a.user_id = COALESCE(r.user_id, f.user_id, o.sbo_clerk_id)
   AND a.date_from <= COALESCE(f.due_at, %(as_of)s) AND a.date_to > COALESCE(f.due_at, %(as_of)s)
  LEFT JOIN LATERAL (
    SELECT (seconds_before + LEAST(seconds, EXTRACT(EPOCH FROM f.due_at - start_at)))::float AS worked FROM sbo_working_day
     WHERE calendar_id = %(calendar)s AND start_at <= f.due_at AND f.hours ORDER BY start_at DESC LIMIT 1) s ON TRUE
  LEFT JOIN LATERAL (
    SELECT (seconds_before + LEAST(seconds, EXTRACT(EPOCH FROM COALESCE(f.done_at, %(as_of)s) - start_at)))::float AS worked
      FROM sbo_working_day
     WHERE calendar_id = %(calendar)s AND start_at <= COALESCE(f.done_at, %(as_of)s) AND f.hours
     ORDER BY start_at DESC LIMIT 1) e ON TRUE
 WHERE f.due_at IS NULL OR f.due_at >= %(look_since)s

-- === all ===
$found
UNION ALL
SELECT * FROM ($papers) papers

-- === first night ===
INSERT INTO bench_finding (check_id, area, severity, cause, res_model, res_id, res_name, key, team_id, user_id, due_at,
                           closed_at, quantity, evidence, company_id, origin, state, opened_at, create_uid, write_uid,
                           create_date, write_date)
SELECT check_id, area, severity, cause, res_model, res_id, res_name, key, team_id, user_id, COALESCE(due_at, %(as_of)s),
       closed_at, quantity, evidence, %(company)s, 'auto', 'candidate', %(as_of)s, 1, 1, now() AT TIME ZONE 'UTC',
       now() AT TIME ZONE 'UTC'
  FROM ($source) f;

-- === steady night ===
CREATE TEMP TABLE found ON COMMIT DROP AS $source;
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
 WHERE b.closed_at IS NULL AND b.check_id = ANY(%(checks)s) AND NOT EXISTS (
       SELECT 1 FROM found f WHERE f.check_id = b.check_id AND f.res_id = b.res_id AND f.key = b.key)
