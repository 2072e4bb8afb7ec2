"""What fill.py stands on: its arguments, the connection, short words for SQL, and ids of what Odoo has made."""
import argparse
import sys
import time

import psycopg2

ap = argparse.ArgumentParser()
ap.add_argument("db")
ap.add_argument("--scale", type=float, default=1)
ap.add_argument("--users", type=int, default=50)
ap.add_argument("--today", default="2026-11-21")
ap.add_argument("--years", type=int, default=3)
A = ap.parse_args()

N_CUST, N_PROD, N_USER = int(20000 * A.scale), int(2000 * A.scale), A.users
N_SO = round(200000 * A.scale / 0.92)  # 8 % are quotations or cancelled
N_LEAD = int(40000 * A.scale)
DAYS = 365 * A.years

cx = psycopg2.connect(dbname=A.db)
cr = cx.cursor()
T0 = time.time()


def q(sql, *args):
    cr.execute(sql, args or None)
    return cr.rowcount


def one(sql, *args):
    cr.execute(sql, args or None)
    row = cr.fetchone()
    return row and row[0]


def step(label, n=None, t=[T0]):
    now = time.time()
    print(f"{now - t[0]:7.1f} s  {label}" + (f"  {n:,} rows" if n is not None else ""), flush=True)
    t[0] = now


def ref(xmlid):
    mod, name = xmlid.split(".")
    return one("select res_id from ir_model_data where module=%s and name=%s", mod, name)


LOG = {}  # table -> has the columns create_uid, write_uid, create_date, write_date


def ins(table, frm, created=None, **cols):
    """INSERT INTO table (cols) SELECT exprs FROM frm; adds the log columns."""
    if table not in LOG:
        LOG[table] = one("select count(*) from information_schema.columns where table_name=%s"
                         " and column_name in ('create_uid','write_date')", table) == 2
    if LOG[table]:
        created = created or "now() at time zone 'utc'"
        cols |= {"create_uid": "1", "write_uid": "1", "create_date": created, "write_date": created}
    n = q(f"insert into {table} ({','.join(cols)}) select {','.join(map(str, cols.values()))} from {frm}")
    step(table, n)
    return n


def top(table):
    return one(f"select coalesce(max(id),0) from {table}")


if one("select count(*) from sale_order"):
    sys.exit("this database has sale orders already")

# --------------------------------------------------------------- session, references
q("set synchronous_commit=off; set work_mem='256MB'; set maintenance_work_mem='1GB'; set jit=off;"
  " set session_replication_role=replica; set temp_buffers='512MB'")
q("""create function pg_temp.z(i bigint, w int) returns text language sql immutable parallel safe as
  $$ select lpad(i::text, greatest(w, length(i::text)), '0') $$""")  # zero-padded, never cut
q("""create function pg_temp.r(i bigint, salt int) returns float8 language sql immutable parallel safe as
  $$ select (hashint8extended(i, salt) & 9007199254740991)::float8 / 9007199254740992 $$""")

US, CN, DE, GB, FR = (ref("base." + c) for c in ("us", "cn", "de", "uk", "fr"))
company = 1
cur = one("select currency_id from res_company where id=1")
FP_DOM, FP_EXP = (one(f"select id from account_fiscal_position where is_domestic is {b}") for b in ("true", "not true"))
TAX_DOM = one("select account_sale_tax_id from res_company where id=1")
TAX_EXP = one("select account_tax_id from account_fiscal_position_account_tax_rel x join account_tax t"
              " on t.id=account_tax_id where account_fiscal_position_id=%s and type_tax_use='sale'", FP_EXP)
TAX_RATE = one("select amount/100 from account_tax where id=%s", TAX_DOM)
TAX_PUR = one("select account_purchase_tax_id from res_company where id=1")
TAX_GROUP = one("select tax_group_id from account_tax where id=%s", TAX_DOM)
REP_TAX, ACC_TAX = (one(f"select {c} from account_tax_repartition_line where tax_id=%s and document_type='invoice'"
                        " and repartition_type='tax'", TAX_DOM) for c in ("id", "account_id"))
J_SALE, J_BANK = (one("select id from account_journal where type=%s order by sequence,id limit 1", t) for t in ("sale", "bank"))
ACC_INC = one("select default_account_id from account_journal where id=%s", J_SALE)
ACC_REC, ACC_OUT = (one("select id from account_account where code_store->>'1'=%s", c) for c in ("121000", "101403"))
PML = one("select min(l.id) from account_payment_method_line l join account_payment_method m on m.id=payment_method_id"
          " where journal_id=%s and payment_type='inbound'", J_BANK)
PM = one("select payment_method_id from account_payment_method_line where id=%s", PML)
cr.execute("select id, lot_stock_id, out_type_id, in_type_id from stock_warehouse where company_id=1 order by id limit 1")
WH, L_STOCK, PT_OUT, PT_IN = cr.fetchone()
L_CUST, L_SUP = ref("stock.stock_location_customers"), ref("stock.stock_location_suppliers")
L_INV = one("select id from stock_location where usage='inventory' order by id limit 1")
RULE = one("select id from stock_rule where location_src_id=%s and location_dest_id=%s order by id limit 1", L_STOCK, L_CUST)
UNIT, TEAM = ref("uom.product_uom_unit"), ref("sales_team.team_sales_department")
LOT_SEQ = one("select id from ir_sequence where code='stock.lot.serial' limit 1") or "null"
PTERM = [ref("account.account_payment_term_" + x) for x in ("30days", "45days", "15days", "immediate")]
G_USER, G_SALE, G_ALL = ref("base.group_user"), ref("sales_team.group_sale_salesman"), ref("sales_team.group_sale_salesman_all_leads")
START = f"(date '{A.today}' - {DAYS})"
NOW = f"(timestamp '{A.today}' + interval '18 hours')"

# ------------------------------------------------- drop secondary indexes for the load
BIG = ("res_partner sale_order sale_order_line stock_picking stock_move stock_move_line stock_reference"
       " stock_reference_sale_rel stock_reference_move_rel account_move account_move_line account_payment"
       " account_partial_reconcile account_tax_sale_order_line_rel sale_order_line_invoice_rel"
       " account_move_line_account_tax_rel account_move__account_payment crm_lead").split()
cr.execute("""select indexname, indexdef from pg_indexes where schemaname='public' and tablename = any(%s)
  and indexname not in (select conname from pg_constraint where contype in ('p','u','x')) order by tablename, indexname""", (BIG,))
INDEXES = cr.fetchall()
for name, _ in INDEXES:
    q(f'drop index "{name}"')
step(f"dropped {len(INDEXES)} secondary indexes")
