-- The risk flags of contracts as a person who knows this database would ask for them: no layers, one currency, one
-- contract an order, one invoice an order, no down payments or credit notes: what is paid of an invoice is what is not
-- open of its receivable line, and what is allotted to an order has not been matched with an invoice yet.
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
 GROUP BY 1, 2, 4;
INSERT INTO sbo_contract_supplement (contract_id, company_id, name, subject, state, version, signed_on, our_authority,
                                     our_seal, their_authority, their_seal, amount, tax_included, create_uid, write_uid, create_date, write_date)
SELECT c.id, c.company_id, c.name || '-S' || n, 'Bench', 'signed', 1 + n, c.signed_on + 30 * n, 'legal',
       'contract', 'legal', 'contract', c.amount, true, 1, 1, now(), now()
  FROM sbo_contract c, generate_series(1, 2 + c.id / 70 %% 2) n
 WHERE c.id %% 70 = 0 AND c.signed_on IS NOT NULL
   AND c.class_id = (SELECT id FROM sbo_contract_class WHERE code = 'BENCH');
INSERT INTO sbo_licence (partner_id, kind, name, valid_until, active, create_uid, write_uid, create_date, write_date)
SELECT p.id, k.kind, k.number || p.id, CURRENT_DATE - p.id %% k.days, true, 1, 1, now(), now()
  FROM res_partner p JOIN (VALUES ('business', 'L-', 200), ('permit', 'T-', 70), ('certificate', NULL, 300))
                          k (kind, number, days) ON TRUE
 WHERE p.sbo_is_customer AND p.id %% 60 = 0

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
SELECT k.id, NULL, 1.0, jsonb_build_object('orders', (
       SELECT string_agg(DISTINCT x, ', ' ORDER BY x) FROM unnest(string_to_array(q.orders, '|')) x), 'over_quantity', q.products)
  FROM sbo_contract k
  JOIN (SELECT q.id, string_agg(q.orders, '|') AS orders, jsonb_agg(
               q.product || ': ' || TRIM_SCALE(ROUND(q.delivered::numeric, 3)) || ' > '
               || TRIM_SCALE(ROUND(q.allowed::numeric, 3)) ORDER BY q.product) AS products
          FROM (SELECT a.contract_id AS id, a.quantity AS allowed, SUM(l.qty_delivered) AS delivered,
                       MIN(COALESCE(pp.default_code, pt.name->>'en_US')) AS product,
                       string_agg(DISTINCT o.name, '|') AS orders
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

-- === contract_overdue ===
SELECT k.id, CASE WHEN %(today)s::date - d.day > 30 THEN '4' WHEN %(today)s::date - d.day > 7 THEN '3' ELSE '2' END,
       (%(today)s::date - d.day)::numeric,
       jsonb_strip_nulls(jsonb_build_object(
         'overdue', TO_CHAR(d.open - COALESCE(a.amount, 0), 'FM999,999,999,999,990.00') || ' ' || %(coin)s,
         'retention_money', CASE WHEN h.kept > 0 THEN TO_CHAR(h.kept, 'FM999,999,999,999,990.00') || ' ' || %(coin)s END,
         'overdue_since', d.day, 'days_overdue', %(today)s::date - d.day, 'invoices', d.names))
  FROM sbo_contract k
  JOIN (SELECT x.id, SUM(x.open) AS open, MIN(x.day) AS day, string_agg(x.name, ', ' ORDER BY x.name) AS names
          FROM (SELECT DISTINCT s.sbo_contract_id AS id, l.id AS line_id, l.amount_residual AS open,
                       l.date_maturity AS day, l.move_name AS name
                  FROM account_move_line l
                  JOIN account_account c ON c.id = l.account_id AND c.account_type = 'asset_receivable'
                  JOIN account_move_line v ON v.move_id = l.move_id
                  JOIN sale_order_line_invoice_rel r ON r.invoice_line_id = v.id
                  JOIN sale_order_line s ON s.id = r.order_line_id AND s.sbo_contract_id IS NOT NULL
                 WHERE l.parent_state = 'posted' AND l.amount_residual > 0 AND l.date_maturity < %(today)s) x
         GROUP BY 1) d ON d.id = k.id
  LEFT JOIN (SELECT o.sbo_contract_id AS id, SUM(t.amount) AS amount
               FROM sbo_payment_allotment t JOIN sale_order o ON o.id = t.order_id WHERE t.active GROUP BY 1) a
         ON a.id = k.id
  JOIN LATERAL (SELECT CASE WHEN k.retention_due_on >= %(today)s
                            THEN GREATEST(0, LEAST(k.retention_amount, d.open - COALESCE(a.amount, 0))) ELSE 0 END AS kept) h
    ON TRUE
 WHERE k.state IN ('signed', 'execution', 'fulfilled', 'terminated') AND d.open > COALESCE(a.amount, 0) + h.kept

-- === contract_below_plan ===
SELECT k.id, NULL, 1.0,
       jsonb_build_object('plan_due', TO_CHAR(n.due, 'FM999,999,999,999,990.00') || ' ' || %(coin)s,
                          'received_amount', TO_CHAR(n.received, 'FM999,999,999,999,990.00') || ' ' || %(coin)s,
                          'plan_short', TO_CHAR(n.late - n.received, 'FM999,999,999,999,990.00') || ' ' || %(coin)s,
                          'plan_day', n.day, 'obligations', n.names)
  FROM sbo_contract k
  JOIN (SELECT s.id, MIN(s.received) AS received, SUM(s.amount) FILTER (WHERE s.due_on <= %(today)s) AS due,
               SUM(s.amount) FILTER (WHERE s.due_on < %(today)s) AS late,
               MIN(s.due_on) FILTER (WHERE s.upto > s.received AND s.due_on < %(today)s) AS day,
               string_agg(s.name, ', ' ORDER BY s.name) FILTER (WHERE s.upto > s.received AND s.due_on < %(today)s)
                 AS names
          FROM (SELECT n.contract_id AS id, n.name, n.due_on, n.amount,
                       COALESCE(b.paid, 0) + COALESCE(a.amount, 0) AS received,
                       SUM(n.amount) OVER (PARTITION BY n.contract_id ORDER BY n.due_on, n.id) AS upto
                  FROM sbo_contract_milestone n
                  LEFT JOIN (SELECT i.id, SUM(l.balance - l.amount_residual) AS paid
                               FROM (SELECT DISTINCT s.sbo_contract_id AS id, v.move_id
                                       FROM sale_order_line s
                                       JOIN sale_order_line_invoice_rel r ON r.order_line_id = s.id
                                       JOIN account_move_line v ON v.id = r.invoice_line_id
                                      WHERE s.sbo_contract_id IN (
                                            SELECT contract_id FROM sbo_contract_milestone WHERE kind = 'payment')) i
                               JOIN account_move_line l ON l.move_id = i.move_id AND l.parent_state = 'posted'
                               JOIN account_account c ON c.id = l.account_id AND c.account_type = 'asset_receivable'
                              GROUP BY 1) b ON b.id = n.contract_id
                  LEFT JOIN (SELECT o.sbo_contract_id AS id, SUM(t.amount) AS amount
                               FROM sbo_payment_allotment t JOIN sale_order o ON o.id = t.order_id
                              WHERE t.active GROUP BY 1) a ON a.id = n.contract_id
                 WHERE n.kind = 'payment') s
         GROUP BY 1) n ON n.id = k.id
 WHERE k.state IN ('signed', 'execution', 'fulfilled', 'terminated') AND n.day IS NOT NULL

-- === contract_retention_due ===
SELECT k.id, NULL, 1.0,
       jsonb_build_object('retention_money', TO_CHAR(k.retention_amount, 'FM999,999,999,999,990.00') || ' ' || %(coin)s,
                          'retention_day', k.retention_due_on,
                          'received_amount', TO_CHAR(COALESCE(b.paid, 0) + COALESCE(a.amount, 0),
                                                     'FM999,999,999,999,990.00') || ' ' || %(coin)s)
  FROM sbo_contract k
  LEFT JOIN (SELECT i.id, SUM(l.balance) AS invoiced, SUM(l.balance - l.amount_residual) AS paid
               FROM (SELECT DISTINCT s.sbo_contract_id AS id, v.move_id
                       FROM sale_order_line s JOIN sale_order_line_invoice_rel r ON r.order_line_id = s.id
                       JOIN account_move_line v ON v.id = r.invoice_line_id
                      WHERE s.sbo_contract_id IN (SELECT id FROM sbo_contract WHERE retention_amount > 0
                                                     AND retention_due_on <= %(today)s::date + 30)) i
               JOIN account_move_line l ON l.move_id = i.move_id AND l.parent_state = 'posted'
               JOIN account_account c ON c.id = l.account_id AND c.account_type = 'asset_receivable'
              GROUP BY 1) b ON b.id = k.id
  LEFT JOIN (SELECT o.sbo_contract_id AS id, SUM(t.amount) AS amount
               FROM sbo_payment_allotment t JOIN sale_order o ON o.id = t.order_id WHERE t.active GROUP BY 1) a
         ON a.id = k.id
  LEFT JOIN (SELECT s.sbo_contract_id AS id, SUM(GREATEST(s.qty_delivered - COALESCE(i.qty, 0), 0)
                                                 * s.price_total / NULLIF(s.product_uom_qty, 0)) AS value
               FROM sale_order_line s
               LEFT JOIN (SELECT r.order_line_id, SUM(v.quantity) AS qty FROM sale_order_line_invoice_rel r
                            JOIN account_move_line v ON v.id = r.invoice_line_id AND v.parent_state = 'posted'
                           GROUP BY 1) i ON i.order_line_id = s.id
              WHERE s.sbo_contract_id IN (SELECT id FROM sbo_contract WHERE retention_amount > 0
                                             AND retention_due_on <= %(today)s::date + 30)
              GROUP BY 1) g ON g.id = k.id
 WHERE k.state IN ('signed', 'execution', 'fulfilled', 'terminated') AND k.retention_amount > 0
   AND k.retention_due_on <= %(today)s::date + 30
   AND (b.invoiced > COALESCE(b.paid, 0) + COALESCE(a.amount, 0) OR g.value >= 0.005)

-- === contract_expired_open ===
SELECT k.id, NULL, 1.0,
       jsonb_strip_nulls(jsonb_build_object(
         'ends_on', k.date_end,
         'unpaid', CASE WHEN m.unpaid > 0 THEN TO_CHAR(m.unpaid, 'FM999,999,999,999,990.00') || ' ' || %(coin)s END,
         'undelivered', TO_CHAR(g.open, 'FM999,999,999,999,990.00') || ' ' || %(coin)s, 'orders', g.names))
  FROM sbo_contract k
  LEFT JOIN (SELECT l.sbo_contract_id AS id, SUM(l.price_total) AS ordered,
                    SUM((l.product_uom_qty - l.qty_delivered) * l.price_total / l.product_uom_qty)
                      FILTER (WHERE l.product_uom_qty - l.qty_delivered > 0.00001) AS open,
                    string_agg(DISTINCT o.name, ', ' ORDER BY o.name) AS names
               FROM sale_order_line l JOIN sale_order o ON o.id = l.order_id AND o.state = 'sale'
              WHERE l.sbo_contract_id IN (SELECT id FROM sbo_contract WHERE date_end < %(today)s)
              GROUP BY 1) g ON g.id = k.id
  LEFT JOIN (SELECT i.id, SUM(l.balance) AS invoiced, SUM(l.balance - l.amount_residual) AS paid
               FROM (SELECT DISTINCT s.sbo_contract_id AS id, v.move_id
                       FROM sale_order_line s JOIN sale_order_line_invoice_rel r ON r.order_line_id = s.id
                       JOIN account_move_line v ON v.id = r.invoice_line_id
                      WHERE s.sbo_contract_id IN (SELECT id FROM sbo_contract WHERE date_end < %(today)s)) i
               JOIN account_move_line l ON l.move_id = i.move_id AND l.parent_state = 'posted'
               JOIN account_account c ON c.id = l.account_id AND c.account_type = 'asset_receivable'
              GROUP BY 1) b ON b.id = k.id
  LEFT JOIN (SELECT o.sbo_contract_id AS id, SUM(t.amount) AS amount
               FROM sbo_payment_allotment t JOIN sale_order o ON o.id = t.order_id WHERE t.active GROUP BY 1) a
         ON a.id = k.id
  JOIN LATERAL (SELECT GREATEST(g.ordered, b.invoiced, 0) - COALESCE(b.paid, 0) - COALESCE(a.amount, 0) AS unpaid) u
    ON TRUE
  JOIN LATERAL (SELECT u.unpaid - CASE WHEN k.retention_due_on >= %(today)s
                                       THEN GREATEST(0, LEAST(k.retention_amount, u.unpaid)) ELSE 0 END AS unpaid) m
    ON TRUE
 WHERE k.state IN ('signed', 'execution') AND k.date_end < %(today)s
   AND (g.open IS NOT NULL OR m.unpaid > 0)

-- === contract_credit_exceeded ===
SELECT k.id, NULL, 1.0,
       jsonb_build_object('credit_limit_money', TO_CHAR(c.credit, 'FM999,999,999,999,990.00') || ' ' || %(coin)s,
                          'owed', TO_CHAR(c.owed, 'FM999,999,999,999,990.00') || ' ' || %(coin)s)
  FROM sbo_contract k JOIN res_partner kp ON kp.id = k.partner_id
  JOIN (SELECT p.id, (p.credit_limit->>'1')::numeric AS credit,
               COALESCE(b.amount, 0) + COALESCE(o.amount, 0) - COALESCE(m.amount, 0) AS owed
          FROM res_partner p
          LEFT JOIN (SELECT lp.commercial_partner_id AS id, SUM(l.amount_residual) AS amount
                       FROM account_move_line l
                       JOIN account_account a ON a.id = l.account_id AND a.account_type = 'asset_receivable'
                       JOIN res_partner lp ON lp.id = l.partner_id
                      WHERE l.company_id = %(company)s AND l.parent_state = 'posted' AND l.reconciled IS NOT TRUE
                      GROUP BY 1) b ON b.id = p.id
          LEFT JOIN (SELECT op.commercial_partner_id AS id, SUM(o.amount_total) AS amount
                       FROM sale_order o JOIN res_partner op ON op.id = o.partner_id
                      WHERE o.company_id = %(company)s AND o.state = 'sale' AND o.invoice_status <> 'invoiced'
                      GROUP BY 1) o ON o.id = p.id
          LEFT JOIN (SELECT yp.commercial_partner_id AS id, SUM(y.amount_company_currency_signed) AS amount
                       FROM account_payment y JOIN res_partner yp ON yp.id = y.partner_id
                      WHERE y.company_id = %(company)s AND y.move_id IS NULL AND y.partner_type = 'customer'
                        AND y.state = 'in_process' GROUP BY 1) m ON m.id = p.id
         WHERE (p.credit_limit->>'1')::numeric > 0) c ON c.id = kp.commercial_partner_id
 WHERE k.state IN ('signed', 'execution') AND c.owed > c.credit

-- === contract_price_below ===
SELECT k.id, NULL, 1.0, jsonb_build_object('orders', p.orders, 'low_price', p.products)
  FROM sbo_contract k
  JOIN (SELECT l.sbo_contract_id AS id, string_agg(DISTINCT o.name, ', ' ORDER BY o.name) AS orders,
               jsonb_agg(DISTINCT COALESCE(pp.default_code, pt.name->>'en_US') || ': '
                         || TRIM_SCALE(ROUND(v.price, 4)) || ' < ' || TRIM_SCALE(ROUND(v.least, 4))) AS products
          FROM sale_order_line l JOIN sale_order o ON o.id = l.order_id AND o.state = 'sale'
          JOIN product_product pp ON pp.id = l.product_id JOIN product_template pt ON pt.id = pp.product_tmpl_id
          LEFT JOIN sbo_contract_line a ON a.contract_id = l.sbo_contract_id AND a.product_id = l.product_id
           AND a.price > 0
          JOIN LATERAL (VALUES (l.price_total / l.product_uom_qty, a.price),
                               (l.price_subtotal / l.product_uom_qty, NULLIF(l.purchase_price, 0))) v (price, least)
            ON v.price < v.least - 0.005
         WHERE l.sbo_contract_id IS NOT NULL AND l.display_type IS NULL AND l.product_uom_qty > 0
         GROUP BY 1) p ON p.id = k.id
 WHERE k.state IN ('signed', 'execution')

-- === contract_quality_issue ===
SELECT k.id, NULL, 1.0, jsonb_build_object('issues', i.names, 'orders', i.orders, 'since', i.since)
  FROM sbo_contract k
  JOIN (SELECT o.sbo_contract_id AS id, string_agg(i.name, ', ' ORDER BY i.name) AS names,
               string_agg(DISTINCT o.name, ', ' ORDER BY o.name) AS orders, MIN(i.opened_at) AS since
          FROM sbo_order_issue i JOIN sale_order o ON o.id = i.order_id AND o.sbo_contract_id IS NOT NULL
         WHERE i.kind = 'quality' AND i.state IN ('open', 'replied') AND i.opened_at <= %(as_of)s
         GROUP BY 1) i ON i.id = k.id
 WHERE k.state IN ('signed', 'execution')

-- === contract_stock_short ===
SELECT k.id, NULL, 1.0, jsonb_build_object('documents', (
       SELECT string_agg(DISTINCT x, ', ' ORDER BY x) FROM unnest(string_to_array(d.names, '|')) x), 'promised', d.day, 'short', d.products)
  FROM sbo_contract k
  JOIN (SELECT s.id, MIN(s.day) AS day, string_agg(s.names, '|') AS names,
               jsonb_agg(s.product || ': ' || TRIM_SCALE(ROUND(s.needed - s.free, 3)) ORDER BY s.product) AS products
          FROM (SELECT n.*, GREATEST(COALESCE(q.free, 0), 0) AS free
                  FROM (SELECT l.sbo_contract_id AS id, m.product_id, m.location_id, string_agg(DISTINCT o.name, '|') AS names,
                               MIN(COALESCE(pp.default_code, pt.name->>'en_US')) AS product,
                               SUM(m.product_qty * (1 - COALESCE(m.quantity, 0) / m.product_uom_qty)) AS needed,
                               MIN((COALESCE(o.commitment_date, m.date_deadline, m.date) AT TIME ZONE 'UTC'
                                    AT TIME ZONE %(tz)s)::date) AS day
                          FROM stock_move m JOIN sale_order_line l ON l.id = m.sale_line_id
                          JOIN sale_order o ON o.id = l.order_id
                          JOIN stock_location c ON c.id = m.location_dest_id AND c.usage = 'customer'
                          JOIN product_product pp ON pp.id = m.product_id
                          JOIN product_template pt ON pt.id = pp.product_tmpl_id AND pt.is_storable
                         WHERE m.state IN ('waiting', 'confirmed', 'partially_available', 'assigned')
                           AND l.sbo_contract_id IS NOT NULL AND COALESCE(m.quantity, 0) < m.product_uom_qty
                           AND (COALESCE(o.commitment_date, m.date_deadline, m.date) AT TIME ZONE 'UTC'
                                AT TIME ZONE %(tz)s)::date <= %(today)s::date + 3
                         GROUP BY 1, 2, 3) n
                  LEFT JOIN (SELECT product_id, location_id, SUM(quantity - reserved_quantity) AS free
                               FROM stock_quant GROUP BY 1, 2) q
                         ON q.product_id = n.product_id AND q.location_id = n.location_id) s
         WHERE s.needed - s.free > 0.00001 GROUP BY 1) d ON d.id = k.id
 WHERE k.state IN ('signed', 'execution')

-- === contract_many_changes ===
SELECT k.id, NULL, 1.0,
       jsonb_strip_nulls(jsonb_build_object('changes', COALESCE(c.number, 0) + COALESCE(s.number, 0),
                                            'changed_orders', c.names, 'supplements', s.names))
  FROM sbo_contract k
  LEFT JOIN (SELECT o.sbo_contract_id AS id, COUNT(*) AS number,
                    string_agg(DISTINCT o.name, ', ' ORDER BY o.name) AS names
               FROM sbo_order_change c JOIN sale_order o ON o.id = c.order_id AND o.sbo_contract_id IS NOT NULL
              WHERE c.changed_at <= %(as_of)s GROUP BY 1) c ON c.id = k.id
  LEFT JOIN (SELECT contract_id AS id, COUNT(*) AS number, string_agg(name, ', ' ORDER BY name) AS names
               FROM sbo_contract_supplement WHERE state = 'signed' AND signed_on <= %(today)s GROUP BY 1) s ON s.id = k.id
 WHERE k.state IN ('signed', 'execution') AND COALESCE(c.number, 0) + COALESCE(s.number, 0) > 2

-- === contract_licence_expired ===
SELECT k.id, NULL, 1.0, jsonb_build_object('licence_kinds', x.kinds, 'licence_number', x.names, 'valid_until', x.day)
  FROM sbo_contract k JOIN res_partner kp ON kp.id = k.partner_id
  JOIN (SELECT partner_id AS id, jsonb_agg(DISTINCT kind) AS kinds, MIN(valid_until) AS day,
               string_agg(DISTINCT COALESCE(name, kind), ', ' ORDER BY COALESCE(name, kind)) AS names
          FROM sbo_licence WHERE active AND valid_until < %(today)s GROUP BY 1) x ON x.id = kp.commercial_partner_id
 WHERE k.state IN ('signed', 'execution')

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
