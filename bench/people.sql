-- Clerks with the clerk's role, their absences, who answered for which record when, and what the checks look at.
-- Every "random" figure is a hash of the record's id, so that two runs make the same data.
INSERT INTO res_partner (name, complete_name, lang, tz, type, email, active, is_company, partner_share, color,
                         supplier_rank, customer_rank, autopost_bills, message_bounce, create_uid, create_date)
SELECT 'Clerk ' || i, 'Clerk ' || i, 'en_US', 'Asia/Shanghai', 'contact', 'clerk' || i || '@example.com', TRUE, FALSE,
       FALSE, 0, 0, 0, 'ask', 0, 1, now()
  FROM generate_series(1, :clerks) i;
UPDATE res_partner SET commercial_partner_id = id WHERE name LIKE 'Clerk %' AND commercial_partner_id IS NULL;
INSERT INTO res_users (company_id, partner_id, active, login, share, notification_type, signature, create_uid, create_date)
SELECT 1, id, TRUE, replace(lower(name), ' ', ''), FALSE, 'email', '', 1, now()
  FROM res_partner WHERE name LIKE 'Clerk %' ORDER BY id;
INSERT INTO res_company_users_rel (cid, user_id) SELECT 1, id FROM res_users WHERE login LIKE 'clerk%';
INSERT INTO res_groups_users_rel (gid, uid)
SELECT g.res_id, u.id FROM res_users u, ir_model_data g
 WHERE u.login LIKE 'clerk%' AND (g.module, g.name) IN (('base', 'group_user'), ('sales_back_office', 'sbo_group_clerk'));
INSERT INTO res_groups_users_rel (gid, uid)
SELECT g.res_id, u.id FROM res_users u, ir_model_data g
 WHERE u.login = 'admin' AND g.module = 'sales_back_office' AND g.name = 'sbo_group_manager'
   AND NOT EXISTS (SELECT 1 FROM res_groups_users_rel r WHERE r.gid = g.res_id AND r.uid = u.id);
CREATE TABLE bench_clerk AS
SELECT row_number() OVER (ORDER BY id) - 1 AS no, id FROM res_users WHERE login LIKE 'clerk%';

-- Four absences of a week in each of three years, each with the next clerk as deputy.
INSERT INTO sbo_absence (user_id, deputy_id, date_from, date_to, create_uid, create_date, write_uid, write_date)
SELECT c.id, d.id, away, away + interval '7 days', 1, now(), 1, now()
  FROM bench_clerk c
  JOIN bench_clerk d ON d.no = (c.no + 1) % :clerks,
       LATERAL (SELECT timestamp ':today' - interval '3 years' + (n * 91 + c.no % 80) * interval '1 day' AS away
                  FROM generate_series(0, 11) n) x;

-- Every customer and order has a clerk; 3 of 10 customers and 1 of 10 orders had another one before.
UPDATE res_partner p SET sbo_clerk_id = c.id, vat = CASE WHEN p.id % 25 = 0 THEN '91310000000000000' || p.id % 10 END,
       sbo_code_invalid = p.id % 25 = 0,
       sbo_verified_on = CASE WHEN p.id % 3 > 0 THEN date ':today' - (p.id % 70)::integer END
  FROM bench_clerk c WHERE p.customer_rank > 0 AND p.is_company AND c.no = p.id * 7919::bigint % :clerks;
UPDATE sale_order o SET sbo_clerk_id = p.sbo_clerk_id FROM res_partner p WHERE p.id = o.partner_id;
INSERT INTO sbo_responsibility (res_model, res_id, company_id, user_id, date_from, date_to, create_uid, create_date)
SELECT 'res.partner', p.id, NULL, COALESCE(former.id, p.sbo_clerk_id), p.create_date,
       CASE WHEN former.id IS NOT NULL THEN timestamp ':today' - (p.id % 900) * interval '1 day' END, 1, now()
  FROM res_partner p
  LEFT JOIN bench_clerk former ON p.id % 10 < 3 AND former.no = p.id * 104729::bigint % :clerks
 WHERE p.sbo_clerk_id IS NOT NULL;
INSERT INTO sbo_responsibility (res_model, res_id, company_id, user_id, date_from, create_uid, create_date)
SELECT r.res_model, r.res_id, NULL, p.sbo_clerk_id, r.date_to, 1, now()
  FROM sbo_responsibility r JOIN res_partner p ON p.id = r.res_id WHERE r.date_to IS NOT NULL;
UPDATE sbo_responsibility SET date_from = LEAST(date_from, date_to) WHERE date_to IS NOT NULL;
INSERT INTO sbo_responsibility (res_model, res_id, company_id, user_id, date_from, date_to, create_uid, create_date)
SELECT 'sale.order', o.id, 1, COALESCE(former.id, o.sbo_clerk_id), o.create_date,
       CASE WHEN former.id IS NOT NULL THEN o.create_date + interval '4 days' END, 1, now()
  FROM sale_order o
  LEFT JOIN bench_clerk former ON o.id % 10 = 0 AND former.no = o.id * 104729::bigint % :clerks
 WHERE o.sbo_clerk_id IS NOT NULL;
INSERT INTO sbo_responsibility (res_model, res_id, company_id, user_id, date_from, create_uid, create_date)
SELECT r.res_model, r.res_id, 1, o.sbo_clerk_id, r.date_to, 1, now()
  FROM sbo_responsibility r JOIN sale_order o ON o.id = r.res_id
 WHERE r.res_model = 'sale.order' AND r.date_to IS NOT NULL;

-- Two of three customers have been called in the last year; one call in ten reached nobody.
INSERT INTO sbo_contact_log (partner_id, company_id, user_id, kind, subject, result, date, active, create_uid,
                             create_date, write_uid, write_date)
SELECT p.id, 1, p.sbo_clerk_id, 'call', 'follow_up', CASE WHEN p.id % 10 = 0 THEN 'not_reached' ELSE 'reached' END,
       timestamp ':today' - (p.id * 7919::bigint % 365) * interval '1 day', TRUE, 1, now(), 1, now()
  FROM res_partner p WHERE p.sbo_clerk_id IS NOT NULL AND p.id % 3 > 0;
UPDATE res_partner SET sbo_is_customer = TRUE WHERE customer_rank > 0;

-- What the pricelist said when the line was entered: the orders were all made before our installation.
UPDATE sale_order_line SET sbo_pricelist_price = price_unit;
-- Judge the whole history, not only what happens from the installation on.
UPDATE res_company SET sbo_check_from = date ':today' - 1095;
-- One more check than we ship, so that late working hours are measured too.
INSERT INTO sbo_check (name, code, active, sequence, area, kind, model_id, domain, method, severity, unit,
                       responsible_path, default_cause, notify, escalate_days, escalate_to, target_user_path,
                       target_date_path, target_period, create_uid, create_date)
SELECT jsonb_build_object('en_US', 'Delivery late, in working hours'), 'bench_late_hours', TRUE, 95, area, kind,
       model_id, domain, method, severity, 'hour', responsible_path, default_cause, FALSE, 0, escalate_to,
       target_user_path, target_date_path, target_period, 1, now()
  FROM sbo_check WHERE code = 'delivery_late';
-- The standard is in use, and one of its rules about delays listens to that check.
UPDATE sbo_standard_rule SET check_code = check_code || ',bench_late_hours'
 WHERE id = (SELECT MIN(id) FROM sbo_standard_rule WHERE kind = 'delay_hour');
UPDATE sbo_standard SET state = 'in_use';
