-- 100,000 customers who share the orders of the fill, and what a person would write by hand to count their purchases.
-- customers.py reads the sections; names in %( )s are constants (company, moment, day, time zone).

-- === many customers ===
INSERT INTO res_partner (name, complete_name, active, is_company, customer_rank, supplier_rank, type, lang, tz, email,
                         phone, street, city, zip, country_id, state_id, industry_id, user_id, sbo_clerk_id,
                         sbo_is_customer, partner_share, color, autopost_bills, message_bounce, ref, create_uid,
                         create_date, write_uid, write_date)
SELECT p.name || ' ' || n, p.name || ' ' || n, TRUE, TRUE, 1, 0, p.type, p.lang, p.tz, p.email, p.phone, p.street,
       p.city, p.zip, p.country_id, p.state_id, p.industry_id, p.user_id, p.sbo_clerk_id, TRUE, TRUE, p.color,
       p.autopost_bills, 0, 'B' || p.id || '-' || n, 1, p.create_date, 1, p.create_date
  FROM res_partner p, generate_series(1, 4) n
 WHERE p.customer_rank > 0 AND p.is_company AND p.parent_id IS NULL;
UPDATE res_partner SET commercial_partner_id = id WHERE commercial_partner_id IS NULL;
UPDATE res_partner SET sbo_is_customer = TRUE WHERE customer_rank > 0 AND NOT sbo_is_customer;
-- Every customer takes its share of the orders of the one it was copied from; every tenth has not ordered yet.
CREATE TABLE bench_customer AS
SELECT id, row_number() OVER (ORDER BY id) - 1 AS no
  FROM res_partner WHERE customer_rank > 0 AND is_company AND parent_id IS NULL;
ANALYZE bench_customer;
UPDATE sale_order o SET partner_id = c.id, partner_invoice_id = c.id, partner_shipping_id = c.id
  FROM bench_customer c
 WHERE c.no = o.id * 7919::bigint % (SELECT COUNT(*) - COUNT(*) / 10 FROM bench_customer);
DROP TABLE bench_customer;

-- === bought ===
SELECT partner_id, ROUND(COALESCE(SUM(amount) FILTER (WHERE day > %(since)s), 0), 2) AS amount_12m,
       COALESCE(SUM(orders) FILTER (WHERE day > %(since)s), 0)::integer AS order_count_12m, MIN(day) AS first_order_on,
       MAX(day) AS last_order_on,
       CASE WHEN COUNT(*) >= 3 THEN ROUND((MAX(day) - MIN(day))::numeric / (COUNT(*) - 1), 2) END AS interval_days,
       CASE WHEN %(day)s - MAX(day) > 365 THEN 'lost' WHEN %(day)s - MAX(day) > 180 THEN 'dormant'
            WHEN %(day)s - MIN(day) <= 90 THEN 'new' WHEN %(day)s - MAX(day) > 90 THEN 'warning' ELSE 'active'
        END AS lifecycle
  FROM (SELECT p.commercial_partner_id AS partner_id,
               (o.date_order AT TIME ZONE 'UTC' AT TIME ZONE %(tz)s)::date AS day,
               SUM(o.amount_untaxed / o.currency_rate) AS amount, COUNT(*) AS orders
          FROM sale_order o JOIN res_partner p ON p.id = o.partner_id
         WHERE o.state = 'sale' AND o.company_id = %(company)s AND o.date_order <= %(as_of)s GROUP BY 1, 2) d
 GROUP BY 1

-- === first night ===
WITH bought AS ($bought),
graded AS (
  SELECT b.*, CASE WHEN amount_12m <= 0 THEN 'c' WHEN better < 0.8 * total THEN 'a' WHEN better < 0.95 * total THEN 'b'
                   ELSE 'c' END AS grade
    FROM (SELECT *, SUM(amount_12m) OVER (ORDER BY amount_12m DESC) - SUM(amount_12m) OVER (PARTITION BY amount_12m)
                    AS better, SUM(amount_12m) OVER () AS total FROM bought) b),
kept AS (
  INSERT INTO bench_customer_figure (partner_id, company_id, amount_12m, order_count_12m, first_order_on, last_order_on,
                                     interval_days, lifecycle, grade_auto, grade, create_uid, write_uid, create_date,
                                     write_date)
  SELECT partner_id, %(company)s, amount_12m, order_count_12m, first_order_on, last_order_on, interval_days, lifecycle,
         grade, grade, 1, 1, now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC' FROM graded
  RETURNING partner_id, company_id, grade)
INSERT INTO bench_grade_change (partner_id, company_id, new_grade, changed_at, kind, create_uid, write_uid, create_date,
                                write_date)
SELECT partner_id, company_id, grade, %(as_of)s, 'automatic', 1, 1, now() AT TIME ZONE 'UTC',
       now() AT TIME ZONE 'UTC' FROM kept;

-- === steady night ===
CREATE TEMP TABLE bought ON COMMIT DROP AS $bought;
ANALYZE bought;
UPDATE bench_customer_figure f
   SET amount_12m = b.amount_12m, order_count_12m = b.order_count_12m, first_order_on = b.first_order_on,
       last_order_on = b.last_order_on, interval_days = b.interval_days, lifecycle = b.lifecycle,
       write_date = now() AT TIME ZONE 'UTC'
  FROM bought b
 WHERE f.partner_id = b.partner_id AND f.company_id = %(company)s
   AND (f.amount_12m, f.order_count_12m, f.first_order_on, f.last_order_on, f.interval_days, f.lifecycle)
       IS DISTINCT FROM (b.amount_12m, b.order_count_12m, b.first_order_on, b.last_order_on, b.interval_days,
                         b.lifecycle);
INSERT INTO bench_customer_figure (partner_id, company_id, amount_12m, order_count_12m, first_order_on, last_order_on,
                                   interval_days, lifecycle, create_uid, write_uid, create_date, write_date)
SELECT b.*, 1, 1, now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
  FROM (SELECT partner_id, %(company)s, amount_12m, order_count_12m, first_order_on, last_order_on, interval_days,
               lifecycle FROM bought) b
 WHERE NOT EXISTS (SELECT 1 FROM bench_customer_figure f WHERE f.partner_id = b.partner_id)
