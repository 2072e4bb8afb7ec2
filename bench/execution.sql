-- The list of open orders as a person would write it who knows this database: one company, one currency, no online
-- payments, no credit notes. execution.py compares the values with those of the list.

-- === open ===
SELECT o.id, o.commitment_date, o.partner_id, o.amount_total, o.sbo_clerk_id, o.delivery_status, o.invoice_status,
       o.sbo_verification_state, o.sbo_notice_state, o.sbo_gate_policy
  FROM sale_order o
 WHERE o.state = 'sale' AND (o.delivery_status IN ('pending', 'started', 'partial') OR o.invoice_status = 'to invoice'
       OR o.sbo_invoices_open OR o.id IN (
          SELECT p.sale_id FROM stock_picking p
           WHERE p.state = 'done' AND p.sale_id IS NOT NULL AND p.sbo_signed_on IS NULL AND p.sbo_unsigned_reason IS NULL
             AND p.company_id = 1 AND p.date_done >= %(signed_from)s
          UNION ALL
          SELECT p.sale_id FROM stock_picking p
           WHERE p.sbo_signed_result = 'difference' AND p.state = 'done' AND NOT EXISTS (
                 SELECT FROM sbo_order_issue i WHERE i.picking_id = p.id AND i.state = 'solved')))

-- === steps ===
SELECT p.*, n.back, b.invoiced, b.collected, r.last_at,
       (SELECT COUNT(*) FROM sbo_order_issue i WHERE i.order_id = p.id AND i.state IN ('open', 'replied')) AS issues,
       CASE p.sbo_verification_state WHEN 'done' THEN 'done' WHEN 'difference' THEN 'stop' WHEN 'stale' THEN 'part'
            WHEN 'open' THEN 'todo' WHEN 'grown' THEN 'todo' ELSE 'none' END AS verified,
       CASE p.sbo_notice_state WHEN 'acknowledged' THEN 'done' WHEN 'sent' THEN 'part' WHEN 'to_send' THEN 'todo'
            ELSE 'none' END AS notified,
       CASE WHEN p.sbo_gate_policy NOT IN ('prepaid', 'deposit', 'deposit_credit') OR p.sbo_gate_policy IS NULL THEN 'none'
            WHEN p.delivery_status = 'full' OR p.delivery_status IS NULL
              OR p.amount_total * CASE WHEN p.sbo_gate_policy = 'deposit_credit' THEN 0.3 ELSE 1 END
                 - COALESCE(b.reconciled, 0) - COALESCE(a.amount, 0) < 0.005 THEN 'done'
            WHEN COALESCE(b.reconciled, 0) + COALESCE(a.amount, 0) > 0 OR EXISTS (
                 SELECT FROM sbo_payment_release e WHERE e.order_id = p.id AND e.state = 'given') THEN 'part'
            ELSE 'todo' END AS paid,
       CASE p.delivery_status WHEN 'full' THEN 'done' WHEN 'pending' THEN 'todo' WHEN 'partial' THEN 'part'
            WHEN 'started' THEN 'part' ELSE 'none' END AS shipped,
       CASE WHEN p.delivery_status IS NULL THEN 'none' WHEN n.odd > 0 THEN 'stop'
            WHEN n.outstanding > 0 OR p.delivery_status <> 'full' THEN CASE WHEN n.back > 0 THEN 'part' ELSE 'todo' END
            WHEN n.back > 0 THEN 'done' ELSE 'none' END AS signed,
       CASE WHEN p.amount_total = 0 THEN 'none' WHEN p.invoice_status IN ('invoiced', 'upselling') THEN 'done'
            WHEN b.invoiced <> 0 THEN 'part' ELSE 'todo' END AS invoiced_step,
       CASE WHEN p.amount_total = 0 THEN 'none'
            WHEN p.invoice_status IN ('invoiced', 'upselling') AND ROUND(b.invoiced - b.collected, 2) <= 0 THEN 'done'
            WHEN ROUND(b.collected, 2) > 0 THEN 'part' ELSE 'todo' END AS collected_step
  FROM page p
  LEFT JOIN (
       SELECT d.sale_id, COUNT(*) FILTER (WHERE d.sbo_signed_on IS NOT NULL) AS back,
              COUNT(*) FILTER (WHERE d.sbo_signed_result = 'difference' AND NOT EXISTS (
                 SELECT FROM sbo_order_issue i WHERE i.picking_id = d.id AND i.state = 'solved')) AS odd,
              COUNT(*) FILTER (WHERE d.sbo_signed_on IS NULL AND d.sbo_unsigned_reason IS NULL
                                 AND d.date_done >= %(signed_from)s) AS outstanding
         FROM stock_picking d JOIN page ON page.id = d.sale_id WHERE d.state = 'done' GROUP BY 1) n ON n.sale_id = p.id
  LEFT JOIN (
       SELECT i.order_id, SUM(i.part) AS invoiced, SUM(i.part * (1 - m.amount_residual / NULLIF(m.amount_total, 0))) AS collected,
              SUM((SELECT SUM(q.amount) FROM account_move_line l JOIN account_partial_reconcile q ON q.debit_move_id = l.id
                    WHERE l.move_id = m.id)) AS reconciled
         FROM (SELECT s.order_id, l.move_id, SUM(l.price_total) AS part
                 FROM page JOIN sale_order_line s ON s.order_id = page.id
                 JOIN sale_order_line_invoice_rel r ON r.order_line_id = s.id
                 JOIN account_move_line l ON l.id = r.invoice_line_id GROUP BY 1, 2) i
         JOIN account_move m ON m.id = i.move_id AND m.state = 'posted' GROUP BY 1) b ON b.order_id = p.id
  LEFT JOIN (SELECT order_id, SUM(amount) AS amount FROM sbo_payment_allotment GROUP BY 1) a ON a.order_id = p.id
  LEFT JOIN (SELECT g.order_id, MAX(g.date) AS last_at FROM sbo_order_progress g JOIN page ON page.id = g.order_id
              GROUP BY 1) r ON r.order_id = p.id

-- === shown ===
SELECT id, verified, notified, paid, shipped, signed, invoiced_step, collected_step, issues,
       ROUND(COALESCE(collected, 0), 2), last_at FROM ($steps) s

-- === first page ===
WITH page AS ($open ORDER BY o.commitment_date, o.id LIMIT 80) $shown

-- === by customer ===
WITH page AS (SELECT x.* FROM ($open) x JOIN res_partner p ON p.id = x.partner_id
               ORDER BY p.complete_name, x.partner_id DESC, x.id LIMIT 80) $shown

-- === groups by clerk ===
WITH page AS ($open)
SELECT sbo_clerk_id, COUNT(*), ROUND(SUM(amount_total), 2), ROUND(COALESCE(SUM(collected), 0), 2) FROM ($steps) s GROUP BY 1

-- === groups by next step ===
WITH page AS ($open)
SELECT CASE WHEN verified IN ('todo', 'part', 'stop') THEN 'verified' WHEN notified IN ('todo', 'part', 'stop') THEN 'notified'
            WHEN paid IN ('todo', 'part', 'stop') THEN 'paid' WHEN shipped IN ('todo', 'part', 'stop') THEN 'shipped'
            WHEN signed IN ('todo', 'part', 'stop') THEN 'signed'
            WHEN invoiced_step IN ('todo', 'part', 'stop') THEN 'invoiced'
            WHEN collected_step IN ('todo', 'part', 'stop') THEN 'collected' ELSE 'nothing' END AS next_step,
       COUNT(*), ROUND(SUM(amount_total), 2), ROUND(COALESCE(SUM(collected), 0), 2) FROM ($steps) s GROUP BY 1
