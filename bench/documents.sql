-- A million filed documents with their files, boxes and loans, and what a person would write by hand to look at them.
-- documents.py reads the sections; names in %( )s are constants.

-- === fill ===
INSERT INTO sbo_document_place (name, complete_name, kind, company_id, active, capacity)
SELECT 'Box ' || n, 'Bench / Box ' || n, 'box', %(company)s, TRUE, 0 FROM generate_series(1, GREATEST(1, %(count)s / 100)) n;
UPDATE sbo_document_place SET parent_path = id || '/' WHERE parent_path IS NULL;
CREATE TABLE bench_box AS
SELECT id, row_number() OVER (ORDER BY id) - 1 AS no FROM sbo_document_place WHERE name LIKE 'Box %%' AND complete_name LIKE 'Bench /%%';
CREATE TABLE bench_buyer AS
SELECT id, row_number() OVER (ORDER BY id) - 1 AS no FROM res_partner WHERE is_company AND parent_id IS NULL;
INSERT INTO sbo_document (title, file_code, year, number, document_no, date, class_id, company_id, secrecy_id, medium, pages, copies,
                          place_id, partner_id, sbo_clerk_id, state, filed_on, filed_at, keep_until, permanent, retention_years,
                          retention_start, active, create_uid, create_date, write_uid, write_date)
SELECT (ARRAY['Sales contract', 'Signed delivery note', 'Price agreement', 'Bid', 'Letter'])[1 + n %% 5] || ' ' || n,
       (2010 + n %% 16) || '-BN-' || lpad(n::text, 8, '0'), 2010 + n %% 16, n, 'P' || n, make_date(2010 + n %% 16, 1 + n %% 12, 1 + n %% 28),
       c.id, %(company)s, s.id, CASE n %% 3 WHEN 0 THEN 'paper' WHEN 1 THEN 'electronic' ELSE 'both' END, 1 + n %% 40, 1,
       b.id, p.id, %(clerk)s, CASE WHEN n %% 1000 = 0 THEN 'draft' WHEN n %% 16 < 2 THEN 'appraisal' ELSE 'filed' END,
       make_date(2010 + n %% 16, 12, 1), now() AT TIME ZONE 'UTC', make_date(2020 + n %% 16, 12, 31), FALSE, 10, 'year_end', TRUE,
       1, now() AT TIME ZONE 'UTC', 1, now() AT TIME ZONE 'UTC'
  FROM generate_series(1, %(count)s) n
  JOIN bench_box b ON b.no = n %% (SELECT COUNT(*) FROM bench_box)
  JOIN bench_buyer p ON p.no = n %% (SELECT COUNT(*) FROM bench_buyer)
 CROSS JOIN (SELECT id FROM sbo_document_class WHERE company_id = %(company)s ORDER BY id LIMIT 1) c
  JOIN (SELECT id, row_number() OVER (ORDER BY level) - 1 AS no, COUNT(*) OVER () AS levels FROM sbo_document_secrecy WHERE active) s
    ON s.no = CASE WHEN n %% 50 = 0 THEN s.levels - 1 ELSE n %% (s.levels - 1) END;
UPDATE sbo_document SET file_code = NULL, filed_on = NULL, filed_at = NULL, file_due_at = '2026-01-10'
 WHERE file_code LIKE '%%-BN-%%' AND state = 'draft';
WITH scan AS (
     INSERT INTO ir_attachment (name, type, res_model, res_id, file_size, checksum, mimetype, public, create_uid, create_date)
     SELECT 'scan.pdf', 'binary', 'sbo.document', id, 0, md5(id::text), 'application/pdf', FALSE, 1, now() AT TIME ZONE 'UTC'
       FROM sbo_document WHERE title ~ ' [0-9]+$' AND document_no LIKE 'P%%' AND medium <> 'paper' RETURNING id, res_id, name)
INSERT INTO sbo_document_file (document_id, company_id, attachment_id, name, version, current, size, sha256, checked_at, create_date)
SELECT res_id, %(company)s, id, name, 1, TRUE, 0, md5(id::text) || md5(id::text), now() AT TIME ZONE 'UTC',
       now() AT TIME ZONE 'UTC'
  FROM scan;
CREATE TABLE bench_lent AS
SELECT id, partner_id, row_number() OVER (ORDER BY id) AS no FROM sbo_document
 WHERE state = 'filed' AND medium <> 'electronic' AND id %% 200 = 0 AND title ~ ' [0-9]+$' AND document_no LIKE 'P%%';
INSERT INTO sbo_loan (name, company_id, borrower_id, borrower_type, kind, purpose, state, sbo_clerk_id, requested_at, create_uid,
                      create_date)
SELECT 'BL/' || no, %(company)s, partner_id, 'employee', 'out', 'Bench', 'out', %(clerk)s, now() AT TIME ZONE 'UTC', 1,
       now() AT TIME ZONE 'UTC' FROM bench_lent;
INSERT INTO sbo_loan_line (loan_id, company_id, borrower_id, document_id, state, out_at, due_on, first_due_on, create_uid, create_date)
SELECT l.id, l.company_id, l.borrower_id, b.id, 'out', now() AT TIME ZONE 'UTC' - interval '9 days', CURRENT_DATE - (b.no %% 9)::integer,
       CURRENT_DATE, 1, now() AT TIME ZONE 'UTC' FROM bench_lent b JOIN sbo_loan l ON l.name = 'BL/' || b.no;
DROP TABLE bench_lent;
DROP TABLE bench_box;
DROP TABLE bench_buyer;

-- === found by title ===
SELECT d.id FROM sbo_document d JOIN sbo_document_secrecy s ON s.id = d.secrecy_id
 WHERE d.title ILIKE %(title)s AND d.active AND d.company_id = %(company)s AND (s.reader IN ('user', 'office') OR d.state = 'draft')
 ORDER BY d.file_code DESC, d.id DESC LIMIT 80

-- === found by code ===
SELECT d.id FROM sbo_document d JOIN sbo_document_secrecy s ON s.id = d.secrecy_id
 WHERE d.file_code ILIKE %(code)s AND d.active AND d.company_id = %(company)s AND (s.reader IN ('user', 'office') OR d.state = 'draft')
 ORDER BY d.file_code DESC, d.id DESC LIMIT 80

-- === held by an audit ===
SELECT d.id FROM sbo_document d
 WHERE d.id = ANY(%(ids)s) AND EXISTS (SELECT FROM sbo_audit_request r
   WHERE r.company_id = d.company_id AND r.hold AND r.state IN ('open', 'delivered') AND d.date BETWEEN r.date_from AND r.date_to)
 ORDER BY d.id
