-- 10,000 open orders, and what people have noted about the orders of the last months: policies, sheets, notices,
-- opinions, changes, progress, issues, promises, money, signed notes. People have been at it for 120 days.
-- Every "random" figure is a hash of the record's id, so that two runs make the same data.

-- The goods of the latest 10,000 delivered orders have not left yet; of those that left in two parts the second.
CREATE TABLE bench_open AS
SELECT id FROM sale_order WHERE state = 'sale' AND delivery_status = 'full' ORDER BY date_order DESC, id DESC LIMIT 10000;
ALTER TABLE bench_open ADD PRIMARY KEY (id);
CREATE TABLE bench_waiting AS
SELECT MAX(p.id) AS id FROM stock_picking p JOIN bench_open b ON b.id = p.sale_id WHERE p.state = 'done' GROUP BY p.sale_id;
ALTER TABLE bench_waiting ADD PRIMARY KEY (id);
UPDATE sale_order o SET commitment_date = timestamp ':today' + (o.id * 7919::bigint % 30 - 8) * interval '1 day'
                                          + interval '10 hours'
  FROM bench_open b WHERE b.id = o.id AND o.commitment_date IS NOT NULL;
UPDATE stock_picking p SET state = 'assigned', date_done = NULL,
       date_deadline = COALESCE(o.commitment_date, p.date_deadline),
       scheduled_date = COALESCE(o.commitment_date, p.scheduled_date)
                        + (o.id * 104729::bigint % 10 - 8) * interval '1 day'
  FROM bench_waiting b, sale_order o WHERE b.id = p.id AND o.id = p.sale_id;
UPDATE stock_move_line SET state = 'assigned', picked = FALSE WHERE picking_id IN (SELECT id FROM bench_waiting);
UPDATE stock_move SET state = 'assigned', picked = FALSE WHERE picking_id IN (SELECT id FROM bench_waiting);
UPDATE sale_order_line l SET qty_delivered = COALESCE((
       SELECT SUM(m.quantity) FROM stock_move m WHERE m.sale_line_id = l.id AND m.state = 'done'), 0)
 WHERE order_id IN (SELECT id FROM bench_open);
UPDATE sale_order o SET delivery_status = CASE WHEN d.done > 0 THEN 'partial' ELSE 'pending' END
  FROM bench_open b, LATERAL (SELECT SUM(qty_delivered) AS done FROM sale_order_line WHERE order_id = b.id) d
 WHERE b.id = o.id;

CREATE TABLE bench_recent AS
SELECT o.id, o.sbo_clerk_id AS clerk, o.create_date AS entered, o.date_order AS ordered, o.commitment_date AS promised,
       o.partner_id, o.team_id, o.amount_total, b.id IS NOT NULL AS is_open
  FROM sale_order o LEFT JOIN bench_open b ON b.id = o.id
 WHERE o.state = 'sale' AND o.sbo_clerk_id IS NOT NULL
   AND (b.id IS NOT NULL OR o.date_order > timestamp ':today' - interval '120 days');
ALTER TABLE bench_recent ADD PRIMARY KEY (id);
UPDATE sbo_check SET look_from = date ':today' - 120
 WHERE code IN ('order_entry_error', 'order_entry_late', 'order_opinion_late', 'order_notice_late',
                'order_notice_unanswered', 'order_change_open', 'order_progress_missing', 'order_issue_reply_late',
                'order_issue_result_late', 'dispatch_notice_missing', 'promise_slipped_untold',
                'signed_return_missing', 'invoice_late', 'shipped_before_payment', 'payment_promise_broken');

-- Half of the orders have a policy; all were received some time before they were entered.
UPDATE sale_order SET sbo_received_at = create_date - (id * 7919::bigint % 900) * interval '1 minute',
       sbo_gate_policy = (ARRAY['none', 'none', 'none', 'none', 'prepaid', 'prepaid', 'deposit', 'deposit_credit',
                                'credit', 'monthly'])[1 + id % 10],
       sbo_gate_percent = CASE WHEN id % 10 IN (6, 7) THEN 30 ELSE 0 END
 WHERE state = 'sale' AND date_order > timestamp ':today' - interval '400 days';

-- Check sheets: done, at work, with differences that are open, corrected or the paper's fault.
INSERT INTO sbo_order_verification (order_id, company_id, user_id, state, blind, started_at, compared_at, verified_at,
                                    create_uid, create_date)
SELECT id, 1, clerk, CASE id % 12 WHEN 0 THEN 'difference' WHEN 3 THEN 'open' WHEN 6 THEN 'stale' ELSE 'done' END,
       id % 24 = 0, entered, entered + interval '1 hour', entered + interval '2 hours', 1, now()
  FROM bench_recent WHERE id % 3 = 0;
UPDATE sale_order o SET sbo_verification_state = v.state FROM sbo_order_verification v WHERE v.order_id = o.id;
UPDATE sale_order SET sbo_verification_state = 'grown' WHERE id IN (SELECT id FROM bench_open) AND id % 60 = 1;
INSERT INTO sbo_order_difference (verification_id, order_id, company_id, user_id, product, field, order_value,
                                  paper_value, found_at, state, closed_at, create_uid, create_date)
SELECT v.id, v.order_id, 1, v.user_id, 'Line 1', (ARRAY['price', 'quantity', 'date'])[1 + v.id % 3], '10', '12',
       v.compared_at, (ARRAY['open', 'corrected', 'paper_wrong', 'open'])[1 + v.id % 4],
       CASE WHEN v.id % 4 IN (1, 2) THEN v.compared_at + interval '3 hours' END, 1, now()
  FROM sbo_order_verification v WHERE v.state IN ('difference', 'done') AND v.id % 2 = 0;

-- Three departments are told of every order, and some are asked before.
INSERT INTO sbo_department (name, sequence, active, company_id, manager_id, notified, days_before, acknowledge_hours,
                            sees_prices, create_uid, create_date)
SELECT jsonb_build_object('en_US', 'Department ' || i), i, TRUE, 1, c.id, FALSE, 0, 8, FALSE, 1, now()
  FROM generate_series(1, 3) i JOIN bench_clerk c ON c.no = i;
INSERT INTO sbo_department_user_rel (department_id, user_id)
SELECT d.id, c.id FROM sbo_department d JOIN bench_clerk c ON c.no % 3 = d.id % 3 AND c.no < 9;
CREATE TABLE bench_notice AS
SELECT r.id, d.id AS department_id, r.ordered, (r.id + d.id) * 7919::bigint % 100 AS h FROM bench_recent r, sbo_department d;
INSERT INTO sbo_order_notice (order_id, company_id, department_id, kind, state, caused_at, send_due_at, sent_at,
                              ack_due_at, acknowledged_at, create_uid, create_date)
SELECT id, 1, department_id, 'confirmed', CASE WHEN h < 3 THEN 'to_send' WHEN h < 12 THEN 'sent' ELSE 'acknowledged' END,
       ordered, ordered + interval '4 hours', CASE WHEN h >= 3 THEN ordered + h * interval '3 minutes' END,
       CASE WHEN h >= 3 THEN ordered + h * interval '3 minutes' + interval '1 day' END,
       CASE WHEN h >= 12 THEN ordered + h * interval '20 minutes' END, 1, now()
  FROM bench_notice;
UPDATE sale_order o SET sbo_notice_state = n.state
  FROM (SELECT order_id, CASE WHEN BOOL_OR(state = 'to_send') THEN 'to_send' WHEN BOOL_OR(state = 'sent') THEN 'sent'
               ELSE 'acknowledged' END AS state FROM sbo_order_notice GROUP BY 1) n
 WHERE n.order_id = o.id;
INSERT INTO sbo_order_opinion (order_id, company_id, department_id, asked_by_id, asked_at, due_at, state, given_at,
                               create_uid, create_date)
SELECT o.id, 1, d.id, o.sbo_clerk_id, o.create_date, o.create_date + interval '8 hours',
       CASE WHEN o.state = 'sale' THEN 'agree' ELSE 'waiting' END,
       CASE WHEN o.state = 'sale' THEN o.create_date + (o.id * 7919::bigint % 12) * interval '1 hour' END, 1, now()
  FROM sale_order o, sbo_department d
 WHERE o.sbo_clerk_id IS NOT NULL AND (o.state IN ('draft', 'sent') AND o.id % 2 = 0
       OR o.id IN (SELECT id FROM bench_recent) AND o.id % 20 = 0)
   AND o.create_date > timestamp ':today' - interval '120 days';

-- Changes of every eighth order; the reason of one in five is missing.
INSERT INTO sbo_order_change (order_id, company_id, user_id, changed_at, reason, state, explained_at, create_uid,
                              create_date)
SELECT id, 1, clerk, ordered + interval '1 day',
       (ARRAY[NULL, 'entry_error', 'customer', 'supply', 'other'])[1 + id / 8 % 5],
       CASE WHEN id / 8 % 5 = 0 THEN 'open' ELSE 'explained' END,
       CASE WHEN id / 8 % 5 > 0 THEN ordered + interval '1 day' + (id % 40) * interval '1 hour' END, 1, now()
  FROM bench_recent WHERE id % 8 = 0 AND ordered < timestamp ':today' - interval '1 day';
INSERT INTO sbo_order_change_line (change_id, company_id, product, field, old_value, new_value, user_id, create_uid,
                                   create_date)
SELECT c.id, 1, 'Line 1', f, '10', '12', c.user_id, 1, now()
  FROM sbo_order_change c, unnest(ARRAY['price_unit', 'product_uom_qty']) f;

-- Somebody looked after the orders every few days, until the goods had left.
INSERT INTO sbo_order_progress (order_id, company_id, partner_id, clerk_id, user_id, stage, note, date, create_uid,
                                create_date)
SELECT r.id, 1, r.partner_id, r.clerk, r.clerk, (ARRAY['waiting', 'production', 'ready', 'shipping'])[1 + n % 4],
       'As planned', n_at, 1, now()
  FROM bench_recent r, LATERAL (
       SELECT n, r.ordered + n * (2 + r.id % 6) * interval '1 day' + interval '3 hours' AS n_at
         FROM generate_series(1, 20) n) x
 WHERE n_at < timestamp ':today' AND (r.is_open OR n_at < r.ordered + interval '12 days');

INSERT INTO sbo_order_issue (name, active, order_id, company_id, partner_id, team_id, kind, cause, description, state,
                             opened_at, reply_due_at, replied_at, result_due_at, solved_at, create_uid, create_date)
SELECT 'I' || id, TRUE, id, 1, partner_id, team_id, (ARRAY['shortage', 'quality', 'logistics'])[1 + id % 3],
       'undetermined', 'Goods are missing', CASE WHEN id % 50 < 10 THEN 'open' WHEN id % 50 < 30 THEN 'replied' ELSE 'solved' END,
       at, at + interval '4 hours', CASE WHEN id % 50 >= 10 THEN at + (id % 9) * interval '1 hour' END,
       at + interval '3 days', CASE WHEN id % 50 >= 30 THEN at + (id % 5) * interval '1 day' END, 1, now()
  FROM (SELECT *, ordered + interval '2 days' AS at FROM bench_recent) r
 WHERE id % 10 = 0 AND at < timestamp ':today';

-- Every sixth open order was put off, some twice; half of the customers know.
INSERT INTO sbo_order_promise (order_id, company_id, partner_id, clerk_id, user_id, promised, new_date, forecast, reason,
                               days_slipped, noted_at, told_at, untold, create_uid, create_date)
SELECT r.id, 1, r.partner_id, r.clerk, r.clerk, r.promised - n * interval '3 days',
       CASE WHEN r.id % 12 > 0 THEN r.promised - (n - 1) * interval '3 days' END,
       CASE WHEN r.id % 12 = 0 THEN r.promised + interval '2 days' END, (ARRAY['customer', 'shortage', NULL])[1 + r.id / 6 % 3],
       3, r.ordered + (3 - n) * interval '1 day', CASE WHEN (r.id + n) % 4 < 2 THEN r.ordered + interval '3 days' END,
       (r.id + n) % 4 >= 2 AND r.id / 6 % 3 > 0, 1, now()
  FROM bench_recent r, generate_series(2, 1, -1) n
 WHERE r.is_open AND r.promised IS NOT NULL AND r.id % 6 = 0 AND (n = 1 OR r.id % 18 = 0);

-- Money that is there before the invoice, for every second prepaid order, and special releases.
INSERT INTO account_payment (company_id, journal_id, payment_method_line_id, currency_id, partner_id, name, state,
                             payment_type, partner_type, date, amount, amount_company_currency_signed, memo, create_uid,
                             create_date)
SELECT 1, p.journal_id, p.payment_method_line_id, o.currency_id, o.partner_id, 'OPEN/' || o.id, 'in_process', 'inbound',
       'customer', o.date_order::date, ROUND(o.amount_total * (ARRAY[0.3, 0.5, 1.0])[1 + o.id / 10 % 3], 2), 0,
       'OPEN/' || o.id, 1, now()
  FROM sale_order o JOIN bench_open b ON b.id = o.id, (SELECT journal_id, payment_method_line_id FROM account_payment LIMIT 1) p
 WHERE o.sbo_gate_policy IN ('prepaid', 'deposit', 'deposit_credit') AND o.id / 10 % 2 = 0 AND o.amount_total > 1;
INSERT INTO sbo_payment_allotment (payment_id, order_id, company_id, date, amount, active, create_uid, create_date)
SELECT p.id, substring(p.memo FROM 6)::integer, 1, p.date, p.amount, TRUE, 1, now()
  FROM account_payment p WHERE p.memo LIKE 'OPEN/%';
INSERT INTO sbo_payment_release (picking_id, order_id, company_id, asked_by_id, given_by_id, state, promised_on,
                                 expires_on, reason, amount, needed, used_at, create_uid, create_date)
SELECT p.id, r.id, 1, r.clerk, r.clerk, CASE WHEN p.state = 'done' THEN 'used' ELSE 'given' END,
       COALESCE(p.date_done, timestamp ':today')::date + (r.id % 20)::integer, date ':today' + 5, 'Old customer',
       r.amount_total, r.amount_total, p.date_done, 1, now()
  FROM bench_recent r JOIN stock_picking p ON p.sale_id = r.id AND p.state IN ('done', 'assigned')
 WHERE r.id % 10 IN (4, 6) AND r.id / 10 % 12 = 0 AND r.amount_total > 0;

-- Customers were told of most deliveries; their notes came back, except for some of the last month.
UPDATE stock_picking p SET sbo_told_at = date_done + (id * 7919::bigint % 30) * interval '1 hour'
 WHERE state = 'done' AND sale_id IS NOT NULL AND id % 10 > 0;
UPDATE stock_picking p SET sbo_signed_on = day, sbo_signed_noted_at = day + interval '10 hours',
       sbo_signed_result = CASE WHEN p.id % 50 = 0 THEN 'difference' ELSE 'complete' END
  FROM (SELECT id, date_done::date + (1 + id * 104729::bigint % 14)::integer AS day FROM stock_picking
         WHERE state = 'done' AND sale_id IS NOT NULL
           AND (date_done < timestamp ':today' - interval '60 days' OR id % 4 > 0)) s
 WHERE s.id = p.id AND day <= date ':today';
UPDATE stock_picking SET sbo_signed_result = 'complete'
 WHERE sbo_signed_result = 'difference' AND date_done < timestamp ':today' - interval '60 days';
UPDATE stock_picking SET sbo_unsigned_reason = 'Parcel' WHERE state = 'done' AND sbo_signed_on IS NULL AND id % 30 = 0;
DROP TABLE bench_notice;
-- What was delivered before is paid for: 10,000 orders are open, not those of three years with a rest to pay.
UPDATE account_move m SET payment_state = 'paid', amount_residual = 0, amount_residual_signed = 0
  FROM sale_order o
 WHERE o.name = m.invoice_origin AND m.move_type = 'out_invoice' AND m.payment_state <> 'paid'
   AND o.id NOT IN (SELECT id FROM bench_open) AND o.id % 40 > 0;
UPDATE sale_order o SET invoice_status = 'invoiced'
 WHERE invoice_status = 'to invoice' AND state = 'sale' AND id NOT IN (SELECT id FROM bench_open) AND id % 40 > 0;
UPDATE sale_order o SET sbo_invoices_open = x.is_open
  FROM (SELECT s.order_id, BOOL_OR(m.payment_state <> 'paid') AS is_open
          FROM account_move m JOIN account_move_line l ON l.move_id = m.id
          JOIN sale_order_line_invoice_rel r ON r.invoice_line_id = l.id
          JOIN sale_order_line s ON s.id = r.order_line_id
         WHERE m.move_type = 'out_invoice' GROUP BY 1) x
 WHERE x.order_id = o.id AND o.sbo_invoices_open IS DISTINCT FROM x.is_open;
UPDATE res_company SET sbo_signed_from = date ':today' - 120;
