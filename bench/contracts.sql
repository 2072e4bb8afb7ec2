-- 100,000 contracts over the orders of the fill, and the performance schedule as a person would write it who knows this
-- database: one company, one currency, taxes included, whole orders under a contract, no down payments or credit notes.
-- contracts.py reads the sections and compares the values with those of the schedule.

-- === contracts ===
INSERT INTO sbo_contract_class (name, code, sequence, active, company_id, limit_amount, review_days, file_days, create_uid,
                                create_date)
SELECT jsonb_build_object('en_US', 'Bench'), 'BENCH', 90, TRUE, 1, 0, 3, 3, 1, now() AT TIME ZONE 'UTC';
-- Every customer has one contract for each two of its orders.
CREATE TABLE bench_contract AS
SELECT o.id AS order_id, o.partner_id, o.user_id, o.team_id, o.sbo_clerk_id, o.date_order, o.amount_total, o.currency_id,
       (row_number() OVER (PARTITION BY o.partner_id ORDER BY o.date_order, o.id) - 1) / 2 AS no
  FROM sale_order o WHERE o.state = 'sale' AND o.company_id = 1;
ALTER TABLE bench_contract ADD PRIMARY KEY (order_id);
INSERT INTO sbo_contract (name, subject, active, state, company_id, currency_id, partner_id, class_id, user_id, team_id,
                          sbo_clerk_id, amount, tax_included, date_start, date_end, signed_on, version, original_count,
                          create_uid, create_date, write_uid, write_date)
SELECT 'B-' || b.partner_id || '-' || b.no, 'Supplies ' || b.no, TRUE,
       CASE WHEN MAX(b.date_order) > timestamp :today - interval '400 days' THEN 'execution' ELSE 'fulfilled' END, 1,
       MIN(b.currency_id), b.partner_id, (SELECT MAX(id) FROM sbo_contract_class), MIN(b.user_id), MIN(b.team_id),
       MIN(b.sbo_clerk_id), ROUND(SUM(b.amount_total) * 1.1, 2), TRUE, MIN(b.date_order)::date,
       MAX(b.date_order)::date + 180, MIN(b.date_order)::date - 3, 1, 2, 1, MIN(b.date_order), 1, MIN(b.date_order)
  FROM bench_contract b GROUP BY b.partner_id, b.no;
UPDATE sale_order o SET sbo_contract_id = c.id
  FROM bench_contract b JOIN sbo_contract c ON c.name = 'B-' || b.partner_id || '-' || b.no WHERE b.order_id = o.id;
UPDATE sale_order_line l SET sbo_contract_id = o.sbo_contract_id
  FROM sale_order o WHERE o.id = l.order_id AND o.sbo_contract_id IS NOT NULL;
-- A third with the order, the rest and the goods later; a look through the schedule by the clerk of every third one.
INSERT INTO sbo_contract_milestone (contract_id, company_id, kind, name, due_on, amount, quantity, percent, create_uid,
                                    create_date)
SELECT c.id, 1, m.kind, m.name, c.signed_on + m.days, ROUND(c.amount * m.part, 2), 0, 0, 1, c.create_date
  FROM sbo_contract c, (VALUES ('payment', 'Deposit', 7, 0.3), ('payment', 'Rest', 120, 0.7),
                               ('other', 'Report', 60, 0.0)) m(kind, name, days, part) WHERE c.name LIKE 'B-%';
INSERT INTO sbo_contract_update (contract_id, company_id, updated_at, user_id, period, create_uid, create_date)
SELECT c.id, 1, timestamp :today - interval '20 days', c.sbo_clerk_id, to_char(date :today - 20, 'YYYY-MM'), 1,
       timestamp :today FROM sbo_contract c WHERE c.name LIKE 'B-%' AND c.id % 3 = 0 AND c.sbo_clerk_id IS NOT NULL;

-- === figures ===
SELECT c.id, c.signed_on, c.user_id, c.amount, COALESCE(l.ordered, 0) AS ordered,
       ROUND(COALESCE(l.delivered, 0), 2) AS delivered, COALESCE(b.invoiced, 0) AS invoiced,
       COALESCE(b.paid, 0) + COALESCE(a.amount, 0) AS received,
       GREATEST(0, COALESCE(b.overdue, 0) - COALESCE(a.amount, 0)) AS overdue
  FROM page c
  LEFT JOIN (SELECT s.sbo_contract_id, SUM(s.price_total) AS ordered,
                    SUM(s.qty_delivered * s.price_total / NULLIF(s.product_uom_qty, 0)) AS delivered
               FROM page JOIN sale_order_line s ON s.sbo_contract_id = page.id GROUP BY 1) l ON l.sbo_contract_id = c.id
  LEFT JOIN (SELECT i.sbo_contract_id, SUM(m.amount_total) AS invoiced, SUM(q.paid) AS paid,
                    SUM(m.amount_total - q.paid) FILTER (WHERE m.invoice_date_due < %(day)s) AS overdue
               FROM (SELECT DISTINCT s.sbo_contract_id, v.move_id
                       FROM page JOIN sale_order_line s ON s.sbo_contract_id = page.id
                       JOIN sale_order_line_invoice_rel r ON r.order_line_id = s.id
                       JOIN account_move_line v ON v.id = r.invoice_line_id) i
               JOIN account_move m ON m.id = i.move_id AND m.state = 'posted'
               JOIN (SELECT l.move_id, COALESCE(SUM(r.amount), 0) AS paid
                       FROM account_move_line l
                       JOIN account_account t ON t.id = l.account_id AND t.account_type = 'asset_receivable'
                       LEFT JOIN account_partial_reconcile r ON r.debit_move_id = l.id
                      GROUP BY 1) q ON q.move_id = m.id
              GROUP BY 1) b ON b.sbo_contract_id = c.id
  LEFT JOIN (SELECT o.sbo_contract_id, SUM(t.amount) AS amount
               FROM page JOIN sale_order o ON o.sbo_contract_id = page.id
               JOIN sbo_payment_allotment t ON t.order_id = o.id AND t.active GROUP BY 1) a ON a.sbo_contract_id = c.id

-- === first page ===
WITH page AS (SELECT * FROM sbo_contract WHERE state IN ('signed', 'execution') ORDER BY signed_on DESC, id DESC LIMIT 80)
$figures ORDER BY signed_on DESC, id DESC

-- === by overdue ===
WITH page AS (SELECT * FROM sbo_contract WHERE state IN ('signed', 'execution'))
SELECT * FROM ($figures) f ORDER BY overdue DESC, id LIMIT 80

-- === groups ===
WITH page AS (SELECT * FROM sbo_contract WHERE state IN ('signed', 'execution'))
SELECT user_id, COUNT(*), SUM(amount), SUM(ordered), SUM(delivered), SUM(invoiced), SUM(received), SUM(overdue)
  FROM ($figures) f GROUP BY 1

-- === whole register ===
WITH page AS (SELECT * FROM sbo_contract)
$figures
