#!/usr/bin/env python3
"""Fill an Odoo 19 database with a sales history, in plain SQL (INSERT ... SELECT).

    fill.py DB [--scale 1] [--users 50] [--today 2026-11-21] [--years 3]

DB: Odoo 19 with sale_stock, account, sale_management, crm, sale_margin and the
generic chart of accounts, without demo data, not yet filled.

Deterministic: every "random" figure is a hash of (row number, salt), see r() in fill_session.py,
so the data depend on the arguments only, not on plans or on the number of workers.
At scale 1: 20k customers, 2k products, 200k confirmed orders with 3 lines each.
All ids are dense and start after the largest id present.
"""
import time

from fill_session import (
    ACC_INC, ACC_OUT, ACC_REC, ACC_TAX, BIG, CN, DAYS, DE, FP_DOM, FP_EXP, FR, G_ALL, G_SALE, G_USER, GB, INDEXES,
    J_BANK, J_SALE, L_CUST, L_INV, L_STOCK, L_SUP, LOT_SEQ, N_CUST, N_LEAD, N_PROD, N_SO, N_USER, NOW, PM, PML, PT_IN,
    PT_OUT, PTERM, REP_TAX, RULE, START, T0, TAX_DOM, TAX_EXP, TAX_GROUP, TAX_PUR, TAX_RATE, TEAM, UNIT, US, WH, A,
    company, cr, cur, cx, ins, one, q, ref, step, top,
)

# --------------------------------------------------------------------- users, partners
p0, u0 = top("res_partner"), top("res_users")
g = f"generate_series(1,{N_USER}) i"
ins("res_partner", g, id=f"{p0}+i", name="'Salesperson '||pg_temp.z(i,3)", complete_name="'Salesperson '||pg_temp.z(i,3)",
    commercial_partner_id=f"{p0}+i", lang="'en_US'", tz="'Asia/Shanghai'", type="'contact'", email="'sales'||i||'@example.com'",
    email_normalized="'sales'||i||'@example.com'", active="true", is_company="false", partner_share="false", color=0,
    supplier_rank=0, customer_rank=0, autopost_bills="'ask'", message_bounce=0)
ins("res_users", g, id=f"{u0}+i", company_id=company, partner_id=f"{p0}+i", active="true", login="'sales'||i", share="false",
    notification_type="'email'", sale_team_id=TEAM, signature="'<div>Salesperson '||i||'</div>'")
for gid, w in ((G_USER, "true"), (G_SALE, "true"), (G_ALL, "i%10=0")):
    ins("res_groups_users_rel", g + " where " + w, gid=gid, uid=f"{u0}+i")
ins("res_company_users_rel", g, cid=company, user_id=f"{u0}+i")
ins("crm_team_member", g, id=f"{top('crm_team_member')}+i", crm_team_id=TEAM, user_id=f"{u0}+i", active="true", assignment_max=30)

t0 = top("res_partner_category")
tags = "VIP,Key account,Distributor,Retail,Online,Tender,New,Dormant,Credit watch,Export,Government,Partner".split(",")
q("insert into res_partner_category (id,name,parent_path,color,active,create_uid,write_uid,create_date,write_date) select "
  f"{t0}+i, jsonb_build_object('en_US',n), ({t0}+i)||'/', i%%11, true, 1, 1, now(), now() from unnest(%s) with ordinality x(n,i)", tags)

c0 = top("res_partner")
q(f"""create temp table t_cust as
with names as (select '{{华东,华南,华北,西南,东北,上海,深圳,北京,广州,苏州,Acme,Orient,Delta,Pacific,Northern,Summit}}'::text[] a,
  '{{恒信,瑞丰,金达,宏远,中恒,联创,天成,Trading,Systems,Metal,Tools,Electric,Foods,Textile}}'::text[] b,
  '{{贸易,实业,科技,机电,建材,商贸, Ltd, Co, GmbH, Inc}}'::text[] c),
states as (select country_id, array_agg(id order by id) st from res_country_state group by 1)
select i, {c0}+i id, a[1+floor(pg_temp.r(i,1)*16)::int]||b[1+floor(pg_temp.r(i,2)*14)::int]||c[1+floor(pg_temp.r(i,3)*10)::int]
       ||' '||pg_temp.z(i,6) nm, {u0}+1+floor({N_USER}*power(pg_temp.r(i,4),1.3))::int user_id, country_id, dom,
  case when dom then {FP_DOM} else {FP_EXP} end fp, case when dom then {TAX_DOM} else {TAX_EXP} end tax, tk,
  (array{PTERM})[tk] pterm, (array[30,45,15,0])[tk] pdays, st[1+floor(pg_temp.r(i,5)*array_length(st,1))::int] state_id,
  (select array_agg(id order by id) from res_partner_industry)[1+floor(pg_temp.r(i,6)*20)::int] industry_id
from (select i, pg_temp.r(i,7)<.7 dom, case when pg_temp.r(i,7)<.7 then {US} when pg_temp.r(i,8)<.6 then {CN} when pg_temp.r(i,8)<.75
   then {DE} when pg_temp.r(i,8)<.9 then {GB} else {FR} end country_id,
   (case when pg_temp.r(i,9)<.55 then 1 when pg_temp.r(i,9)<.75 then 2 when pg_temp.r(i,9)<.9 then 3 else 4 end) tk
   from generate_series(1,{N_CUST}) i) x cross join names left join states using (country_id)""")
q("create unique index on t_cust(i); analyze t_cust")
ins("res_partner", "t_cust", created=f"{START}+pg_temp.r(i,10)*200*interval '1 day'", id="id", name="nm", complete_name="nm",
    commercial_company_name="nm", commercial_partner_id="id", user_id="user_id", country_id="country_id", state_id="state_id",
    industry_id="industry_id", ref="'C'||pg_temp.z(i,6)", lang="'en_US'", type="'contact'", email="'info'||i||'@cust'||i||'.example'",
    email_normalized="'info'||i||'@cust'||i||'.example'", phone="'+86 21 '||(60000000+i)", phone_sanitized="'+8621'||(60000000+i)",
    street="'Road '||i", city="'City '||i%500", zip="lpad((i%99999)::text,5,'0')", active="true", is_company="true",
    partner_share="true", color=0, supplier_rank=0, customer_rank="1", autopost_bills="'ask'", message_bounce=0,
    credit_limit="case when i%5=0 then jsonb_build_object('1',50000.0) end", property_payment_term_id="jsonb_build_object('1',pterm)")
ins("res_partner", "t_cust where i%2=0", id=f"{c0 + N_CUST}+i/2", name="'Contact '||i", complete_name="nm||', Contact '||i", parent_id="id",
    commercial_company_name="nm", commercial_partner_id="id", user_id="user_id", country_id="country_id", state_id="state_id",
    industry_id="industry_id", lang="'en_US'", type="'contact'", email="'p'||i||'@cust'||i||'.example'", email_normalized="'p'||i||'@cust'||i||'.example'",
    active="true", is_company="false", partner_share="true", color=0, supplier_rank=0, customer_rank=0, autopost_bills="'ask'",
    message_bounce=0, property_payment_term_id="jsonb_build_object('1',pterm)")
q(f"""insert into res_partner_res_partner_category_rel (category_id, partner_id)
  select distinct {t0}+1+floor(12*pg_temp.r(i,11+k))::int, id from t_cust, generate_series(0,1) k where pg_temp.r(i,13+k)<.6""")
s0 = top("res_partner")  # suppliers
ins("res_partner", "generate_series(1,20) i", id=f"{s0}+i", name="'Supplier '||i", complete_name="'Supplier '||i", commercial_partner_id=f"{s0}+i",
    lang="'en_US'", type="'contact'", country_id=CN, active="true", is_company="true", partner_share="true", color=0, supplier_rank=1,
    customer_rank=0, autopost_bills="'ask'", message_bounce=0)

# --------------------------------------------------------------------------- products
k0, pt0, pp0 = top("product_category"), top("product_template"), top("product_product")
ins("product_category", "generate_series(1,20) i", id=f"{k0}+i", parent_id=1, name="'Category '||i", complete_name="'Goods / Category '||i",
    parent_path=f"'1/'||({k0}+i)||'/'", packaging_reserve_method="'partial'")
# prices are multiples of 4.00 so that discounts and 15 % tax give whole cents on every line
q(f"""create temp table t_prod as select i, {pt0}+i pt, {pp0}+i pp, 'P'||pg_temp.z(i,5) code, 'Product '||pg_temp.z(i,5) nm,
  (4*(5+floor(300*power(pg_temp.r(i,20),2))))::numeric price, round((4*(5+floor(300*power(pg_temp.r(i,20),2)))*(.55+.3*pg_temp.r(i,21)))::numeric,2) cost,
  i%10=3 short from generate_series(1,{N_PROD}) i""")
q("create unique index on t_prod(i); analyze t_prod")
ins("product_template", "t_prod", created=START, id="pt", sequence=1, categ_id=f"{k0}+1+i%20", uom_id=UNIT, type="'consu'", service_tracking="'no'",
    default_code="code", name="jsonb_build_object('en_US',nm)", list_price="price", volume=0, weight=1, sale_ok="true", purchase_ok="true",
    active="true", sale_delay=0, lot_sequence_id=LOT_SEQ, tracking="'none'", is_storable="true", lot_valuated="false",
    service_type="'manual'", expense_policy="'no'", invoice_policy="'order'", has_configurable_attributes="false", can_image_1024_be_zoomed="false")
ins("product_product", "t_prod", created=START, id="pp", product_tmpl_id="pt", default_code="code", combination_indices="''",
    standard_price="jsonb_build_object('1',cost)", active="true", can_image_variant_1024_be_zoomed="false", is_favorite="false")
ins("product_taxes_rel", "t_prod", prod_id="pt", tax_id=TAX_DOM)
ins("product_supplier_taxes_rel", "t_prod", prod_id="pt", tax_id=TAX_PUR)
ins("product_value", "t_prod", created=START, id=f"{top('product_value')}+i", product_id="pp", company_id=company, user_id=1,
    description="'Price update'", value="cost", date=START)

# ---------------------------------------------------------------- staging: orders, lines
so0, sol0 = top("sale_order"), top("sale_order_line")
q(f"""create temp table t_ord as
with a as (select i, case when i%100 in (11,44,77) then 'cancel' when i%100 in (3,33,66) then 'draft' when i%100 in (22,88) then 'sent' else 'sale' end state,
  date_trunc('second', {START} + ({DAYS}*(i-1)::float8/{N_SO})*interval '1 day' + (pg_temp.r(i,30)*.4+.05)*interval '1 day') cd,
  1+floor({N_CUST}*power(pg_temp.r(i,31),1.7))::int ci from generate_series(1,{N_SO}) i),
b as (select a.*, c.id partner_id, c.fp, c.tax, c.dom, c.pterm, c.pdays, case when pg_temp.r(a.i,32)<.9 then c.user_id else {u0}+1+floor({N_USER}*pg_temp.r(a.i,33))::int end user_id,
  least({NOW}, case when state<>'sale' then cd else cd + case when pg_temp.r(a.i,34)<.9 then pg_temp.r(a.i,35)*interval '6 hours' else (1+3*pg_temp.r(a.i,35))*interval '1 day' end end) dord
  from a join t_cust c on c.i=a.ci),
d as (select b.*, case when pg_temp.r(i,36)<.9 then date_trunc('day',dord)+(3+floor(12*pg_temp.r(i,37)))*interval '1 day'+interval '10 hours' end commit_ts,
  pg_temp.r(i,38) rk, pg_temp.r(i,39) rd from b),
e as (select d.*, coalesce(commit_ts, dord) deadline,
  greatest(dord+interval '2 hours', coalesce(commit_ts,dord+interval '5 days') + case when rd<.8 then -3*pg_temp.r(i,40) else 1+9*pg_temp.r(i,40) end * interval '1 day') d1 from d)
select i, {so0}+i so, 'S'||pg_temp.z(i,6) nm, state, cd, date_trunc('second',dord) dord, ci, partner_id, user_id, fp, tax, dom, pterm, pdays, commit_ts,
  date_trunc('second',deadline) deadline, date_trunc('second',d1) d1, date_trunc('second', d1+(2+10*pg_temp.r(i,41))*interval '1 day') d2,
  case when state='cancel' then 'cancel' when state<>'sale' then 'none' when d1>{NOW} or rk<.005 then 'open' when rk>.96 then
    case when d1+(2+10*pg_temp.r(i,41))*interval '1 day'>{NOW} or rk>.998 then 'part_open' else 'part_done' end else 'done' end dk,
  (date_trunc('day', d1 + case when pg_temp.r(i,42)<.9 then 2*pg_temp.r(i,43) else 4+12*pg_temp.r(i,43) end * interval '1 day'))::date inv_date,
  pg_temp.r(i,44)<.97 inv_ok from e""")
step("staging t_ord")
q(f"""create temp table t_line as
with a as (select o.i, k, {sol0}+(o.i-1)*3+k+1 sol, case when x>.9*{N_PROD} and o.cd > {NOW}-interval '540 days' then (x-.5*{N_PROD})::int else x end pi, o.dk, o.tax, o.dom, o.state
   from t_ord o, generate_series(0,2) k, lateral (select 1+((floor({N_PROD}*power(pg_temp.r(o.i*3+k,50),2.2))::int + k*{N_PROD}/7) % {N_PROD}) x) y),
b as (select a.*, p.pp, p.code, p.nm pname, p.short, p.cost, p.price pu, 2+floor(19*power(pg_temp.r(a.i*3+k,51),2))::int qty,
   case when pg_temp.r(a.i*3+k,52)<.7 then 0 when pg_temp.r(a.i*3+k,52)<.85 then 5 when pg_temp.r(a.i*3+k,52)<.97 then 10 else 50 end disc from a join t_prod p on p.i=a.pi)
select b.*, round(qty*pu*(100-disc)/100,2) sub, case when dom then round(qty*pu*(100-disc)/100*{TAX_RATE},2) else 0 end tx,
  case when dk in ('part_open','part_done') then (qty+1)/2 when dk='none' then 0 else qty end q1, case when dk in ('part_open','part_done') then qty/2 else 0 end q2 from b""")
step("staging t_line")
q("create index on t_line(i); analyze t_ord; analyze t_line")
pk0, mv0 = top("stock_picking"), top("stock_move")
q(f"""create temp table t_pick as select o.i, part, {pk0}+row_number() over (order by o.i,part) pk,
   case when dk='cancel' then 'cancel' when part=1 and dk<>'open' or part=2 and dk='part_done' then 'done' else 'open' end st
  from t_ord o, generate_series(1,2) part where dk<>'none' and (part=1 or dk like 'part%')""")
q(f"""create temp table t_move as select p.i, part, p.pk, p.st pst, l.k, {mv0}+row_number() over (order by p.i,part,l.k) mv, l.sol, l.pp, l.pi, l.cost,
   case part when 1 then q1 else q2 end qty, case when p.st<>'open' then p.st when l.short then 'confirmed' else 'assigned' end st
  from t_pick p join t_line l using (i)""")
q("create index on t_pick(i); create index on t_move(pk); analyze t_pick; analyze t_move")
q("""create temp table t_tot as select i, sum(sub) untaxed, sum(tx) tax, sum(round(sub-cost*qty,2)) margin from t_line group by 1;
  create unique index on t_tot(i); analyze t_tot""")
step("staging moves, totals")

# ------------------------------------------------------------------------------- sales
INV = f"(dk in ('done','part_done','part_open') and inv_ok and inv_date<=date '{A.today}')"
ins("sale_order", "t_ord o join t_tot t using (i)", created="cd", id="so", company_id=company, partner_id="partner_id", partner_invoice_id="partner_id",
    partner_shipping_id="partner_id", fiscal_position_id="fp", payment_term_id="pterm", currency_id=cur, user_id="user_id", team_id=TEAM, name="nm",
    state="state", client_order_ref="case when pg_temp.r(i,60)<.93 then 'PO'||i end", validity_date="(cd+interval '30 days')::date", currency_rate=1,
    invoice_status=f"case when state<>'sale' then 'no' when {INV} then 'invoiced' else 'to invoice' end", amount_untaxed="t.untaxed", amount_tax="t.tax",
    amount_total="t.untaxed+t.tax", locked="false", require_signature="true", require_payment="false", date_order="dord", commitment_date="commit_ts",
    prepayment_percent=1, warehouse_id=WH, picking_policy="'direct'", margin="t.margin", margin_percent="t.margin/nullif(t.untaxed,0)",
    delivery_status="case dk when 'done' then 'full' when 'part_done' then 'full' when 'part_open' then 'partial' when 'open' then 'pending' end",
    effective_date="case when dk in ('done','part_done','part_open') then d1 end")
D = "case dk when 'done' then qty when 'part_done' then qty when 'part_open' then q1 else 0 end"
ins("sale_order_line", "t_ord o join t_line l using (i)", created="cd", id="sol", order_id="so", sequence=10, company_id=company, currency_id=cur,
    order_partner_id="partner_id", salesman_id="user_id", product_id="pp", product_uom_id=UNIT, state="o.state", qty_delivered_method="'stock_move'",
    invoice_status=f"case when o.state<>'sale' then 'no' when {INV.replace('dk', 'o.dk')} then 'invoiced' else 'to invoice' end",
    name="'['||code||'] '||pname", product_uom_qty="qty", price_unit="pu", discount="disc", price_subtotal="sub", price_total="sub+tx",
    price_reduce_taxexcl="round(sub/qty,2)", price_reduce_taxinc="round((sub+tx)/qty,2)", qty_delivered=D.replace("dk", "o.dk"),
    qty_invoiced=f"case when {INV.replace('dk', 'o.dk')} then qty else 0 end",
    qty_to_invoice=f"case when o.state='sale' and not {INV.replace('dk', 'o.dk')} then qty else 0 end",
    untaxed_amount_invoiced=f"case when {INV.replace('dk', 'o.dk')} then sub else 0 end",
    untaxed_amount_to_invoice=f"case when o.state='sale' and not {INV.replace('dk', 'o.dk')} then sub else 0 end",
    collapse_prices="false", collapse_composition="false", technical_price_unit="pu", price_tax="tx", customer_lead=0, is_optional="false",
    warehouse_id=WH, margin="round(sub-cost*qty,2)", purchase_price="cost", margin_percent="(sub-cost*qty)/nullif(sub,0)")
ins("account_tax_sale_order_line_rel", "t_line", sale_order_line_id="sol", account_tax_id="tax")

# ------------------------------------------------------------------------------- stock
q("create temp table t_pst as select pk, case when bool_or(st='assigned') then 'assigned' else min(st) end st from t_move group by 1;"
  " create unique index on t_pst(pk); analyze t_pst")
ins("stock_picking", "t_pick p join t_ord o using (i) join t_pst s using (pk)", created="o.dord", id="pk", backorder_id="case when part=2 then pk-1 end",
    location_id=L_STOCK, location_dest_id=L_CUST, picking_type_id=PT_OUT, partner_id="partner_id", company_id=company, name=f"'WH/OUT/'||pg_temp.z(pk-{pk0},5)",
    origin="nm", move_type="'direct'", state="s.st", priority="'0'", shipping_weight=0, has_deadline_issue="deadline<d1", is_locked="true",
    scheduled_date="deadline", date_deadline="deadline", date_done="case when s.st='done' then case part when 1 then d1 else d2 end end", sale_id="so")
MD = "case when m.st='done' then case part when 1 then d1 else d2 end else deadline end"
ins("stock_move", "t_move m join t_ord o using (i)", created="o.dord", id="mv", sequence=10, company_id=company, product_id="pp", product_uom=UNIT,
    location_id=L_STOCK, location_dest_id=L_CUST, location_final_id=L_CUST, partner_id="partner_id", picking_id="pk", rule_id=RULE, picking_type_id=PT_OUT,
    warehouse_id=WH, packaging_uom_id=UNIT, priority="'0'", state="m.st", origin="nm", procure_method="'make_to_stock'",
    reference=f"'WH/OUT/'||pg_temp.z(pk-{pk0},5)", reservation_date="dord::date", product_qty="qty", product_uom_qty="qty",
    quantity="case when m.st in ('done','assigned') then qty else 0 end", picked="m.st='done'", propagate_cancel="false", additional="false", date=MD,
    date_deadline="deadline", packaging_uom_qty="qty", value="case when m.st='done' then qty*cost end", to_refund="true", is_in="false",
    is_out="m.st='done'", is_dropship="false", sale_line_id="sol")
ml0 = top("stock_move_line")
ins("stock_move_line", f"(select *, {ml0}+row_number() over (order by mv) ml from t_move where st in ('done','assigned')) m join t_ord o using (i)",
    created="o.dord", id="ml", picking_id="pk", move_id="mv", company_id=company, product_id="pp", product_uom_id=UNIT, location_id=L_STOCK,
    location_dest_id=L_CUST, state="m.st", quantity="qty", quantity_product_uom="qty", picked="m.st='done'", date=MD)
rf0 = top("stock_reference")
ins("stock_reference", "t_ord where dk<>'none'", created="dord", id=f"{rf0}+i", name="nm")
ins("stock_reference_sale_rel", "t_ord where dk<>'none'", sale_id="so", reference_id=f"{rf0}+i")
ins("stock_reference_move_rel", "t_move", move_id="mv", reference_id=f"{rf0}+i")
# receipts: one per month and 40 products, about what goes out in that month; opening stock covers the rest
q("""create temp table t_in as
with dem as (select pp, pi, date_trunc('month', case part when 1 then d1 else d2 end) m, sum(qty) dq from t_move join t_ord using (i) where t_move.st='done' group by 1,2,3)
select pp, pi, m+interval '1 day' ts, greatest(1,ceil(dq*(.9+.15*pg_temp.r(pi*100+extract(month from m)::int,70))))::numeric qty, dense_rank() over (order by m, pi/40) pn,
  row_number() over (order by m, pi) n from dem""")
pk1, mv1, ml1 = top("stock_picking"), top("stock_move"), top("stock_move_line")
ins("stock_picking", "(select pn, min(ts) ts, min(pi) pi from t_in group by pn) x", created="ts", id=f"{pk1}+pn", location_id=L_SUP, location_dest_id=L_STOCK,
    picking_type_id=PT_IN, partner_id=f"{s0}+1+pi/40%20", company_id=company, name="'WH/IN/'||pg_temp.z(pn,5)", move_type="'direct'", state="'done'",
    priority="'0'", is_locked="true", scheduled_date="ts", date_deadline="ts", date_done="ts", has_deadline_issue="false")
ins("stock_move", "t_in join t_prod using (pp)", created="ts", id=f"{mv1}+n", sequence=10, company_id=company, product_id="pp", product_uom=UNIT, location_id=L_SUP,
    location_dest_id=L_STOCK, picking_id=f"{pk1}+pn", picking_type_id=PT_IN, warehouse_id=WH, priority="'0'", state="'done'", procure_method="'make_to_stock'",
    reference="'WH/IN/'||pg_temp.z(pn,5)", product_qty="qty", product_uom_qty="qty", quantity="qty", picked="true", propagate_cancel="false",
    additional="false", date="ts", date_deadline="ts", price_unit="cost", value="qty*cost", is_in="true", is_out="false", is_dropship="false")
ins("stock_move_line", "t_in", created="ts", id=f"{ml1}+n", picking_id=f"{pk1}+pn", move_id=f"{mv1}+n", company_id=company, product_id="pp", product_uom_id=UNIT,
    location_id=L_SUP, location_dest_id=L_STOCK, state="'done'", quantity="qty", quantity_product_uom="qty", picked="true", date="ts")
q("""create temp table t_q as select p.i, p.pp, p.cost, coalesce(o.out,0) out, coalesce(o.res,0) res, coalesce(n.inq,0) inq,
   coalesce(o.res,0) + case when p.short then 0 else 5+ceil(coalesce(o.out,0)/40.0*pg_temp.r(p.i,71)) end onhand
  from t_prod p left join (select pp, sum(qty) filter (where st='done') out, sum(qty) filter (where st='assigned') res from t_move group by 1) o using (pp)
  left join (select pp, sum(qty) inq from t_in group by 1) n using (pp)""")
q("update t_q set onhand=greatest(onhand, inq-out)")
mv2, ml2 = top("stock_move"), top("stock_move_line")
OPEN = "(onhand+out-inq)"
ins("stock_move", f"t_q where {OPEN}>0", created=START, id=f"{mv2}+i", sequence=10, company_id=company, product_id="pp", product_uom=UNIT, location_id=L_INV,
    location_dest_id=L_STOCK, priority="'0'", state="'done'", procure_method="'make_to_stock'", reference="'Opening stock'", is_inventory="true",
    product_qty=OPEN, product_uom_qty=OPEN, quantity=OPEN, picked="true", propagate_cancel="false", additional="false", date=START, price_unit="cost",
    value=OPEN + "*cost", is_in="true", is_out="false", is_dropship="false")
ins("stock_move_line", f"t_q where {OPEN}>0", created=START, id=f"{ml2}+i", move_id=f"{mv2}+i", company_id=company, product_id="pp", product_uom_id=UNIT,
    location_id=L_INV, location_dest_id=L_STOCK, state="'done'", quantity=OPEN, quantity_product_uom=OPEN, picked="true", date=START)
qn0 = top("stock_quant")
ins("stock_quant", "t_q where onhand>0", created=START, id=f"{qn0}+i", product_id="pp", company_id=company, location_id=L_STOCK, inventory_date=f"date '{A.today}'+40",
    quantity="onhand", reserved_quantity="res", inventory_diff_quantity=0, inventory_quantity_set="false", in_date=START)
ins("stock_quant", "t_q where out>0", created=START, id=f"{qn0 + N_PROD}+i", product_id="pp", location_id=L_CUST, quantity="out", reserved_quantity=0,
    inventory_diff_quantity=0, inventory_quantity_set="false", in_date=START)

# ------------------------------------------------------------------ invoices, payments
am0, al0, pay0, pr0, fr0 = map(top, "account_move account_move_line account_payment account_partial_reconcile account_full_reconcile".split())
q(f"""create temp table t_inv as
with a as (select i, so, nm, partner_id, user_id, fp, t_ord.tax, dom, pterm, inv_date dt, inv_date+pdays due, d1::date ddate, t.untaxed, t.tax tx, t.untaxed+t.tax total,
   row_number() over (order by inv_date,i) n, row_number() over (partition by extract(year from inv_date) order by inv_date,i) yn from t_ord join t_tot t using (i) where {INV}),
b as (select a.*, due + (-10+case when pg_temp.r(i,80)<.75 then 15 else 75 end*pg_temp.r(i,81))::int pd, pg_temp.r(i,82) rp from a),
c as (select b.*, greatest(pd, dt) pdt, case when greatest(pd,dt)>date '{A.today}' or rp<.03 then 'none' when rp<.1 then 'part' else 'full' end pay from b)
select c.*, {am0}+n am, 'INV/'||to_char(dt,'YYYY')||'/'||pg_temp.z(yn,5) name, case pay when 'full' then total when 'part' then round(total*(.4+.2*pg_temp.r(i,83))::numeric,2) else 0 end paid,
  case when pay<>'none' then row_number() over (partition by pay<>'none' order by pdt,i) end pn, case when pay='full' then row_number() over (partition by pay='full' order by pdt,i) end fn,
  row_number() over (partition by pay<>'none', extract(year from pdt) order by pdt,i) pyn from c""")
q("create unique index on t_inv(i); analyze t_inv")
n_inv, n_pay, n_full = one("select count(*) from t_inv"), one("select count(pn) from t_inv"), one("select count(fn) from t_inv")
am1, al1 = am0 + n_inv, al0 + 5 * n_inv
PNAME = "'PBNK1/'||to_char(pdt,'YYYY')||'/'||pg_temp.z(pyn,5)"
MATCH = f"case pay when 'full' then ({fr0}+fn)::text when 'part' then 'P'||({pr0}+pn) end"
amt = dict(amount_untaxed="untaxed", amount_tax="tx", amount_total="total", amount_residual="total-paid", amount_untaxed_signed="untaxed",
           amount_untaxed_in_currency_signed="untaxed", amount_tax_signed="tx", amount_total_signed="total", amount_total_in_currency_signed="total",
           amount_residual_signed="total-paid")
ins("account_move", "t_inv join t_cust c on c.id=partner_id", created="dt::timestamp", id="am", sequence_number="yn", sequence_prefix="'INV/'||to_char(dt,'YYYY')||'/'",
    journal_id=J_SALE, company_id=company, invoice_payment_term_id="t_inv.pterm", partner_id="partner_id", commercial_partner_id="partner_id",
    partner_shipping_id="partner_id", fiscal_position_id="t_inv.fp", currency_id=cur, invoice_user_id="t_inv.user_id", name="name", ref="t_inv.nm",
    state="'posted'", move_type="'out_invoice'", auto_post="'no'", payment_reference="name",
    payment_state="case pay when 'full' then 'paid' when 'part' then 'partial' else 'not_paid' end", invoice_partner_display_name="c.nm",
    invoice_origin="t_inv.nm", date="dt", invoice_date="dt", invoice_date_due="due", delivery_date="ddate", invoice_currency_rate=1, **amt,
    always_tax_exigible="false", checked="true", posted_before="true", made_sequence_gap="false", is_manually_modified="false", team_id=TEAM)
ZERO = dict(amount_untaxed=0, amount_tax=0, amount_total="paid", amount_residual=0, amount_untaxed_signed=0, amount_untaxed_in_currency_signed=0,
            amount_tax_signed=0, amount_total_signed="paid", amount_total_in_currency_signed="paid", amount_residual_signed=0)
ins("account_move", "t_inv join t_cust c on c.id=partner_id where pn is not null", created="pdt::timestamp", id=f"{am1}+pn", sequence_number="pyn",
    sequence_prefix="'PBNK1/'||to_char(pdt,'YYYY')||'/'", journal_id=J_BANK, company_id=company, origin_payment_id=f"{pay0}+pn", partner_id="partner_id",
    commercial_partner_id="partner_id", fiscal_position_id="t_inv.fp", currency_id=cur, name=PNAME, ref="name", state="'posted'", move_type="'entry'",
    auto_post="'no'", payment_state="'not_paid'", invoice_partner_display_name="c.nm", date="pdt", invoice_date_due="pdt", invoice_currency_rate=0,
    **ZERO, always_tax_exigible="true", checked="true", posted_before="true", made_sequence_gap="false", is_manually_modified="false")


def aml(frm, **kw):
    base = dict(company_id=company, company_currency_id=cur, currency_id=cur, partner_id="v.partner_id", parent_state="'posted'", discount=0, is_storno="false",
                no_followup="false", deductible_amount=100, amount_residual=0, amount_residual_currency=0, reconciled="false", quantity=0, price_unit=0)
    base |= kw
    bal = base.pop("bal")
    base |= dict(balance=bal, amount_currency=bal, debit=f"greatest({bal},0)", credit=f"greatest(-({bal}),0)")
    return ins("account_move_line", frm, **base)


iv = dict(move_id="v.am", journal_id=J_SALE, move_name="v.name", ref="v.nm", date="v.dt", invoice_date="v.dt", created="v.dt::timestamp")
aml("t_inv v join t_line l using (i)", id=f"{al0}+(v.n-1)*5+l.k+1", sequence="l.k", account_id=ACC_INC, product_id="l.pp", product_uom_id=UNIT, display_type="'product'",
    name="'['||l.code||'] '||l.pname", bal="-l.sub", price_subtotal="l.sub", price_total="l.sub+l.tx", is_downpayment="false",
    **iv | dict(quantity="l.qty", price_unit="l.pu", discount="l.disc"))
aml("t_inv v where dom", id=f"{al0}+(v.n-1)*5+4", sequence=10000, account_id=ACC_TAX, tax_line_id=TAX_DOM, tax_group_id=TAX_GROUP, tax_repartition_line_id=REP_TAX,
    display_type="'tax'", name="'15%'", bal="-v.tx", tax_base_amount="-v.untaxed", price_subtotal=0, price_total=0, **iv)
aml("t_inv v", id=f"{al0}+(v.n-1)*5+5", sequence=12000, account_id=ACC_REC, display_type="'payment_term'", name="v.nm||' - '||v.name", bal="v.total", date_maturity="v.due",
    amount_residual="v.total-v.paid", amount_residual_currency="v.total-v.paid", reconciled="v.pay='full'", matching_number=MATCH,
    full_reconcile_id=f"{fr0}+fn", price_subtotal=0, price_total=0, **iv)
pv = dict(move_id=f"{am1}+pn", journal_id=J_BANK, move_name=PNAME, ref="v.name", date="v.pdt", date_maturity="v.pdt", created="v.pdt::timestamp", quantity=1, sequence=100,
          payment_id=f"{pay0}+pn", display_type="'product'", name="'Manual Payment: '||v.name")
aml("t_inv v where pn is not null", id=f"{al1}+pn*2-1", account_id=ACC_OUT, bal="v.paid", amount_residual="v.paid", amount_residual_currency="v.paid",
    price_subtotal="v.paid", price_total="v.paid", **pv)
aml("t_inv v where pn is not null", id=f"{al1}+pn*2", account_id=ACC_REC, bal="-v.paid", reconciled="true", matching_number=MATCH,
    full_reconcile_id=f"{fr0}+fn", price_subtotal="-v.paid", price_total="-v.paid", **pv)
ins("account_full_reconcile", f"generate_series(1,{n_full}) i", id=f"{fr0}+i")
ins("account_partial_reconcile", "t_inv v where pn is not null", created="pdt::timestamp", id=f"{pr0}+pn", debit_move_id=f"{al0}+(v.n-1)*5+5", credit_move_id=f"{al1}+pn*2",
    full_reconcile_id=f"{fr0}+fn", debit_currency_id=cur, credit_currency_id=cur, company_id=company, max_date="greatest(dt,pdt)", amount="paid",
    debit_amount_currency="paid", credit_amount_currency="paid")
ins("account_payment", "t_inv v where pn is not null", created="pdt::timestamp", id=f"{pay0}+pn", move_id=f"{am1}+pn", journal_id=J_BANK, company_id=company,
    payment_method_line_id=PML, payment_method_id=PM, currency_id=cur, partner_id="partner_id", outstanding_account_id=ACC_OUT, destination_account_id=ACC_REC,
    name=PNAME, state="case pay when 'full' then 'paid' else 'in_process' end", payment_type="'inbound'", partner_type="'customer'", memo="name", date="pdt",
    amount="paid", amount_company_currency_signed="paid", is_reconciled="true", is_matched="false")
ins("account_move__account_payment", "t_inv where pn is not null", invoice_id="am", payment_id=f"{pay0}+pn")
ins("account_move_line_account_tax_rel", "t_inv v join t_line l using (i)", account_move_line_id=f"{al0}+(v.n-1)*5+l.k+1", account_tax_id="l.tax")
ins("sale_order_line_invoice_rel", "t_inv v join t_line l using (i)", invoice_line_id=f"{al0}+(v.n-1)*5+l.k+1", order_line_id="l.sol")

# ------------------------------------------------------------------- leads, activities
ld0 = top("crm_lead")
stages = [one("select id from crm_stage order by sequence,id offset %s limit 1", k) for k in range(4)]
ins("crm_lead", f"""(select l.*, c.id partner, c.user_id, c.nm, c.country_id, c.state_id, 1+floor(4*pg_temp.r(l.i,92))::int sk from
  (select i, date_trunc('second',{START}+({DAYS}*(i-1)::float8/{N_LEAD})*interval '1 day'+pg_temp.r(i,90)*interval '12 hours') cd,
   1+floor({N_CUST}*pg_temp.r(i,91))::int ci from generate_series(1,{N_LEAD}) i) l join t_cust c on c.i=l.ci) x""", created="cd", id=f"{ld0}+i",
    name="'Opportunity '||i", type="'opportunity'", partner_id="partner", partner_name="nm", user_id="user_id", team_id=TEAM, company_id=company,
    stage_id=f"(array{stages})[sk]", won_status="case sk when 4 then 'won' else 'pending' end", country_id="country_id", state_id="state_id", active="true",
    priority="'0'", probability="case sk when 4 then 100 else sk*20 end", automated_probability="case sk when 4 then 100 else sk*20 end",
    expected_revenue="round((1000+20000*pg_temp.r(i,93))::numeric,2)", prorated_revenue=0, color=0, message_bounce=0,
    date_open="least(cd+case when pg_temp.r(i,94)<.85 then pg_temp.r(i,95)*interval '20 hours' else (1+6*pg_temp.r(i,95))*interval '1 day' end, " + NOW + ")",
    date_closed="case sk when 4 then cd+interval '20 days' end", date_last_stage_update="cd", day_open=1, day_close="case sk when 4 then 20 else 0 end")
ins("mail_activity", f"t_ord where state='sale' and cd>{NOW}-interval '90 days' and pg_temp.r(i,96)<.2", created="cd", id=f"{top('mail_activity')}+i",
    res_model_id=one("select id from ir_model where model='sale.order'"), res_model="'sale.order'", res_id="so", res_name="nm", user_id="user_id",
    activity_type_id=ref("mail.mail_activity_data_todo"), summary="'Check the order'", date_deadline="(cd+pg_temp.r(i,97)*interval '120 days')::date",
    automated="false", active="true")

# --------------------------------------------------------- sequences, indexes, statistics
cr.execute("""select d.refobjid::regclass::text, s.oid::regclass::text from pg_class s join pg_depend d on d.objid=s.oid and d.deptype='a'
  where s.relkind='S' and d.refobjid::regclass::text = any(%s)""", (BIG + "res_users crm_team_member res_partner_category product_category product_template"
           " product_product product_value stock_quant account_full_reconcile mail_activity".split(),))
for tab, seq in cr.fetchall():
    q(f"select setval('{seq}', greatest((select max(id) from {tab}),1))")
for sid, nxt in ((one("select id from ir_sequence where code='sale.order'"), N_SO + 1),
                 (one("select sequence_id from stock_picking_type where id=%s", PT_OUT), pk1 - pk0 + 1),
                 (one("select sequence_id from stock_picking_type where id=%s", PT_IN), top("stock_picking") - pk1 + 1)):
    q(f"select setval('ir_sequence_{sid:03d}', {nxt}, false)")
step("sequences")
for _name, ddl in INDEXES:
    q(ddl)
step(f"rebuilt {len(INDEXES)} indexes")
cx.commit()
cx.autocommit = True
q("set session_replication_role=origin")
q("vacuum analyze")
step("vacuum analyze")

print(f"total {time.time() - T0:.0f} s, database {one('select pg_size_pretty(pg_database_size(current_database()))')}")
