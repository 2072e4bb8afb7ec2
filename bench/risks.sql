-- The risk flags of contracts as a person who knows this database would ask for them: no layers, one currency, one
-- contract an order. The rules on money are those of the performance schedule, which contracts.sql has by hand.
-- risks.py reads the sections; each rule stands for itself, as the nightly checks do. Names in %( )s are constants.

-- === fill ===
INSERT INTO sbo_contract_class (name, code, company_id, sequence, active, review_days, file_days, create_uid, write_uid,
                                create_date, write_date)
SELECT jsonb_build_object('en_US', 'Bench'), 'BENCH', %(company)s, 10, true, 3, 3, 1, 1, now(), now();
CREATE TEMP TABLE bench_pair ON COMMIT DROP AS
SELECT o.id AS order_id, o.partner_id, o.user_id, o.team_id, o.sbo_clerk_id, o.date_order, o.amount_total,
       (ROW_NUMBER() OVER (PARTITION BY o.partner_id ORDER BY o.date_order, o.id) - 1) / 2 AS pair
  FROM sale_order o WHERE o.state = 'sale' AND o.company_id = %(company)s;
INSERT INTO sbo_contract (name, subject, active, state, company_id, currency_id, partner_id, class_id, user_id, team_id,
                          sbo_clerk_id, amount, tax_included, date_start, date_end, signed_on, our_authority, our_seal,
                          their_authority, their_seal, original_count, original_returned_on, retention_amount,
                          retention_due_on, version, create_uid, write_uid, create_date, write_date)
SELECT 'B-' || p.partner_id || '-' || p.pair, 'Bench', true,
       CASE WHEN h < 0.03 THEN 'approved' WHEN h < 0.08 THEN 'fulfilled' ELSE 'execution' END, %(company)s, %(currency)s,
       p.partner_id, (SELECT id FROM sbo_contract_class WHERE code = 'BENCH'), MIN(p.user_id), MIN(p.team_id),
       MIN(p.sbo_clerk_id), ROUND((SUM(p.amount_total) * (0.9 + h))::numeric, 2), true, MIN(p.date_order)::date,
       MIN(p.date_order)::date + 300, CASE WHEN h >= 0.03 THEN MIN(p.date_order)::date - 5 END, 'legal', 'contract',
       CASE WHEN h > 0.98 THEN 'none' ELSE 'legal' END, 'contract', 2,
       CASE WHEN h < 0.95 THEN MIN(p.date_order)::date END, CASE WHEN h > 0.5 THEN 100 ELSE 0 END,
       CASE WHEN h > 0.5 THEN MIN(p.date_order)::date + 330 END, 1, 1, 1, now(), now()
  FROM (SELECT *, (hashint8(partner_id * 1000003::bigint + pair) & 1023) / 1024.0 AS h FROM bench_pair) p
 GROUP BY p.partner_id, p.pair, p.h;
UPDATE sale_order o SET sbo_contract_id = c.id
  FROM bench_pair p JOIN sbo_contract c ON c.name = 'B-' || p.partner_id || '-' || p.pair WHERE o.id = p.order_id;
UPDATE sale_order_line l SET sbo_contract_id = o.sbo_contract_id FROM sale_order o
 WHERE o.id = l.order_id AND o.sbo_contract_id IS NOT NULL;
INSERT INTO sbo_contract_milestone (contract_id, company_id, kind, name, due_on, amount, quantity, create_uid, write_uid,
                                    create_date, write_date)
SELECT c.id, c.company_id, k.kind, k.name, c.date_start + k.days, ROUND((c.amount * k.share)::numeric, 2), 0, 1, 1, now(),
       now()
  FROM sbo_contract c JOIN (VALUES ('payment', 'Deposit', 10, 0.3), ('payment', 'Rest', 60, 0.5),
                                   ('delivery', 'Half', 45, 0.5)) k (kind, name, days, share) ON c.id %% 4 = 0
 WHERE c.class_id = (SELECT id FROM sbo_contract_class WHERE code = 'BENCH');
INSERT INTO sbo_contract_line (contract_id, company_id, sequence, product_id, uom_id, quantity, price, create_uid, write_uid,
                               create_date, write_date)
SELECT l.sbo_contract_id, l.company_id, 10, l.product_id, MIN(l.product_uom_id),
       SUM(l.product_uom_qty) - CASE WHEN l.sbo_contract_id %% 40 = 0 THEN 1 ELSE 0 END,
       ROUND(MIN(l.price_total / l.product_uom_qty) * CASE WHEN l.sbo_contract_id %% 50 = 0 THEN 1.1 ELSE 0.9 END, 2),
       1, 1, now(), now()
  FROM sale_order_line l WHERE l.sbo_contract_id %% 2 = 0 AND l.display_type IS NULL AND l.product_uom_qty > 0
 GROUP BY 1, 2, 4

-- === contract_original_missing ===
SELECT k.id, NULL AS severity, 1.0 AS quantity,
       jsonb_strip_nulls(jsonb_build_object('signed', k.signed_on, 'first_order', f.name, 'ordered_on', f.day)) AS evidence
  FROM sbo_contract k
  LEFT JOIN (SELECT DISTINCT ON (o.sbo_contract_id) o.sbo_contract_id AS id, o.name,
                    (o.date_order AT TIME ZONE 'UTC' AT TIME ZONE %(tz)s)::date AS day
               FROM sale_order o WHERE o.state = 'sale' AND o.sbo_contract_id IS NOT NULL
              ORDER BY o.sbo_contract_id, o.date_order) f ON f.id = k.id
 WHERE k.original_returned_on IS NULL AND k.state IN ('draft', 'review', 'approved', 'signed', 'execution')
   AND LEAST(k.signed_on, f.day) < %(today)s::date - 7

-- === contract_expiring ===
SELECT k.id, NULL, 1.0, jsonb_build_object('ends_on', k.date_end, 'days_left', k.date_end - %(today)s::date)
  FROM sbo_contract k
 WHERE k.state IN ('signed', 'execution') AND k.date_end BETWEEN %(today)s::date AND %(today)s::date + 30

-- === contract_no_authority ===
SELECT k.id, NULL, 1.0,
       jsonb_strip_nulls(jsonb_build_object('lacking', u.names, 'their_signatory', k.their_signatory, 'signed', k.signed_on))
  FROM sbo_contract k
  JOIN LATERAL (SELECT array_remove(ARRAY[CASE WHEN k.our_authority = 'none' THEN 'our_authority' END,
                                          CASE WHEN k.our_seal = 'none' THEN 'our_seal' END,
                                          CASE WHEN k.their_authority = 'none' THEN 'their_authority' END,
                                          CASE WHEN k.their_seal = 'none' THEN 'their_seal' END], NULL) AS names) u ON TRUE
 WHERE k.state IN ('signed', 'execution') AND u.names <> '{}'

-- === contract_not_updated ===
SELECT k.id, NULL, 1.0, jsonb_build_object('signed', k.signed_on, 'days_silent', %(today)s::date - k.signed_on)
  FROM sbo_contract k WHERE k.state IN ('signed', 'execution') AND k.signed_on < %(today)s::date - 30

-- === contract_unsigned ===
SELECT k.id, CASE WHEN g.day IS NULL THEN '2' WHEN %(today)s::date - g.day > 30 THEN '4' ELSE '3' END, 1.0,
       jsonb_strip_nulls(jsonb_build_object(
         'orders', f.orders, 'ordered', TO_CHAR(f.amount, 'FM999,999,999,999,990.00') || ' ' || %(coin)s,
         'deliveries', g.notes, 'shipped_on', g.day))
  FROM sbo_contract k
  JOIN (SELECT o.sbo_contract_id AS id, string_agg(o.name, ', ' ORDER BY o.name) AS orders, SUM(o.amount_total) AS amount
          FROM sale_order o WHERE o.state = 'sale' AND o.sbo_contract_id IS NOT NULL GROUP BY 1) f ON f.id = k.id
  LEFT JOIN LATERAL (
       SELECT MIN((p.date_done AT TIME ZONE 'UTC' AT TIME ZONE %(tz)s)::date) AS day,
              string_agg(p.name, ', ' ORDER BY p.name) AS notes
         FROM sale_order o JOIN stock_picking p ON p.sale_id = o.id AND p.state = 'done'
         JOIN stock_picking_type t ON t.id = p.picking_type_id AND t.code = 'outgoing'
        WHERE o.sbo_contract_id = k.id) g ON TRUE
 WHERE k.state IN ('draft', 'review', 'approved')

-- === contract_delivery_late ===
SELECT k.id, CASE WHEN %(today)s::date - LEAST(d.day, n.day) > 7 THEN '4' ELSE '3' END,
       (%(today)s::date - LEAST(d.day, n.day))::numeric,
       jsonb_strip_nulls(jsonb_build_object('orders', d.names, 'obligations', n.names, 'promised', LEAST(d.day, n.day),
                                            'days_late', %(today)s::date - LEAST(d.day, n.day)))
  FROM sbo_contract k
  LEFT JOIN (SELECT x.sbo_contract_id AS id, MIN(x.day) AS day, string_agg(DISTINCT x.name, ', ' ORDER BY x.name) AS names
               FROM (SELECT o.sbo_contract_id, o.name,
                            (COALESCE(o.commitment_date, m.date_deadline, m.date) AT TIME ZONE 'UTC'
                             AT TIME ZONE %(tz)s)::date AS day
                       FROM stock_move m JOIN sale_order_line l ON l.id = m.sale_line_id
                       JOIN sale_order o ON o.id = l.order_id
                       JOIN stock_location d ON d.id = m.location_dest_id AND d.usage = 'customer'
                      WHERE m.state IN ('waiting', 'confirmed', 'partially_available', 'assigned')
                        AND l.sbo_contract_id IS NOT NULL) x
              WHERE x.day < %(today)s GROUP BY 1) d ON d.id = k.id
  LEFT JOIN (SELECT s.contract_id AS id, MIN(s.due_on) AS day, string_agg(s.name, ', ' ORDER BY s.name) AS names
               FROM sbo_contract_milestone s
               LEFT JOIN (SELECT l.sbo_contract_id AS id,
                                 SUM(COALESCE(l.qty_delivered, 0) * COALESCE(l.price_total / NULLIF(l.product_uom_qty, 0),
                                     l.price_unit * (1 - COALESCE(l.discount, 0) / 100))) AS value
                            FROM sale_order_line l
                           WHERE l.display_type IS NULL AND l.is_downpayment IS NOT TRUE AND l.sbo_contract_id IN (
                                 SELECT contract_id FROM sbo_contract_milestone WHERE kind = 'delivery')
                           GROUP BY 1) g ON g.id = s.contract_id
              WHERE s.kind = 'delivery' AND s.done_on IS NULL AND s.due_on < %(today)s
                AND NOT (s.amount > 0 AND COALESCE(g.value, 0) >= s.amount)
              GROUP BY 1) n ON n.id = k.id
 WHERE k.state IN ('signed', 'execution') AND LEAST(d.day, n.day) IS NOT NULL

-- === contract_over_quantity ===
SELECT k.id, NULL, 1.0, jsonb_build_object('orders', q.orders, 'over_quantity', q.products)
  FROM sbo_contract k
  JOIN (SELECT q.id, string_agg(DISTINCT q.orders, ', ' ORDER BY q.orders) AS orders, jsonb_agg(
               q.product || ': ' || TRIM_SCALE(ROUND(q.delivered::numeric, 3)) || ' > '
               || TRIM_SCALE(ROUND(q.allowed::numeric, 3)) ORDER BY q.product) AS products
          FROM (SELECT a.contract_id AS id, a.quantity AS allowed, SUM(l.qty_delivered) AS delivered,
                       MIN(COALESCE(pp.default_code, pt.name->>'en_US')) AS product,
                       string_agg(DISTINCT o.name, ', ' ORDER BY o.name) AS orders
                  FROM sbo_contract_line a
                  JOIN sale_order_line l ON l.sbo_contract_id = a.contract_id AND l.product_id = a.product_id
                  JOIN sale_order o ON o.id = l.order_id
                  JOIN product_product pp ON pp.id = a.product_id JOIN product_template pt ON pt.id = pp.product_tmpl_id
                 WHERE a.quantity > 0 GROUP BY a.id, a.contract_id, a.quantity) q
         WHERE q.delivered > q.allowed + 0.00001 GROUP BY 1) q ON q.id = k.id
 WHERE k.state IN ('signed', 'execution')

-- === contract_orders_exceed ===
SELECT k.id, CASE WHEN g.ordered * 100 / k.amount > 100 THEN '3' ELSE '2' END,
       ROUND(g.ordered * 100 / k.amount, 2),
       jsonb_build_object('contracted', TO_CHAR(k.amount, 'FM999,999,999,999,990.00') || ' ' || %(coin)s,
                          'ordered', TO_CHAR(g.ordered, 'FM999,999,999,999,990.00') || ' ' || %(coin)s,
                          'percent', ROUND(g.ordered * 100 / k.amount, 2), 'orders', g.names)
  FROM sbo_contract k
  JOIN (SELECT l.sbo_contract_id AS id, ROUND(SUM(l.price_total), 2) AS ordered,
               string_agg(DISTINCT o.name, ', ' ORDER BY o.name) AS names
          FROM sale_order_line l JOIN sale_order o ON o.id = l.order_id AND o.state = 'sale'
         WHERE l.sbo_contract_id IS NOT NULL AND l.display_type IS NULL AND l.is_downpayment IS NOT TRUE
         GROUP BY 1) g ON g.id = k.id
 WHERE k.state IN ('signed', 'execution') AND k.amount > 0 AND g.ordered * 100 / k.amount > 90

-- === contract_volume_drop ===
SELECT k.id, NULL, 1.0,
       jsonb_build_object(
         'volume_before', TO_CHAR(v.before, 'FM999,999,999,999,990.00') || ' ' || %(coin)s,
         'volume_now', TO_CHAR(v.now, 'FM999,999,999,999,990.00') || ' ' || %(coin)s,
         'volume_drop', ROUND((100 - v.now * 100 / v.before)::numeric, 1))
  FROM sbo_contract k JOIN res_partner kp ON kp.id = k.partner_id
  JOIN (SELECT p.commercial_partner_id AS id,
               COALESCE(SUM(o.amount_total) FILTER (WHERE o.date_order > %(as_of)s::timestamp - interval '3 months'), 0)
                 AS now,
               SUM(o.amount_total) FILTER (WHERE o.date_order <= %(as_of)s::timestamp - interval '3 months') AS before
          FROM sale_order o JOIN res_partner p ON p.id = o.partner_id
         WHERE o.state = 'sale' AND o.company_id = %(company)s AND o.date_order <= %(as_of)s
           AND o.date_order > %(as_of)s::timestamp - interval '6 months' GROUP BY 1) v ON v.id = kp.commercial_partner_id
 WHERE k.state IN ('signed', 'execution') AND v.before > 0 AND v.now <= v.before * 0.5

-- === write ===
INSERT INTO bench_finding (check_id, area, severity, rule_severity, cause, res_model, res_id, contract_id, res_name, key,
                           team_id, user_id, due_at, quantity, evidence, company_id, origin, state, opened_at, create_uid,
                           write_uid, create_date, write_date)
SELECT %(check)s, 'contracts', COALESCE(f.severity, %(severity)s), f.severity, 'undetermined', 'sbo.contract', k.id, k.id,
       k.name, '', k.team_id, COALESCE(a.deputy_id, r.user_id, k.sbo_clerk_id), %(as_of)s, f.quantity, f.evidence,
       %(company)s, 'auto', 'candidate', %(as_of)s, 1, 1, now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
  FROM ($rule) f (id, severity, quantity, evidence) JOIN sbo_contract k ON k.id = f.id
  LEFT JOIN sbo_responsibility r ON r.res_model = 'sbo.contract' AND r.res_id = k.id AND r.date_from <= %(as_of)s
   AND (r.date_to IS NULL OR r.date_to > %(as_of)s)
  LEFT JOIN sbo_absence a ON a.user_id = COALESCE(r.user_id, k.sbo_clerk_id) AND a.date_from <= %(as_of)s
   AND a.date_to > %(as_of)s
 WHERE k.active AND k.company_id = %(company)s
