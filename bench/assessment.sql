-- A month's sheets as a person would write them by hand: gather once, write every row once.
-- assessment.py reads the sections; names in %( )s are constants (people, company, standard, period, time).

-- === month ===
CREATE TEMP TABLE sheet ON COMMIT DROP AS
SELECT nextval('sbo_assessment_id_seq')::integer AS id, u AS user_id FROM unnest(%(people)s) u;
CREATE TEMP TABLE found ON COMMIT DROP AS
SELECT sheet.id AS assessment_id, f.id AS finding_id, f.user_id, f.check_id, f.res_model, f.res_id, f.res_name, f.due_at,
       CASE WHEN f.closed_at < %(end)s THEN f.closed_at END AS closed_at, f.quantity, r.id AS rule_id,
       COALESCE(r.origin_id, r.id) AS origin_rule_id, r.criterion_id, r.kind, r.points AS per_unit, r.cap,
       r.sequence AS rule_sequence, c.unit, f.state = 'confirmed' AND f.cause = 'clerk' AS counted,
       f.state <> 'waived' AND (f.cause = 'undetermined' OR f.state <> 'confirmed' AND f.cause = 'clerk') AS pending
  FROM sbo_standard_rule r
  JOIN sbo_check c ON c.code = ANY(string_to_array(r.check_code, ','))
  JOIN sbo_finding f ON f.check_id = c.id AND f.company_id = %(company)s
  JOIN sheet ON sheet.user_id = f.user_id
 WHERE r.standard_id = %(standard)s AND f.due_at < %(end)s
   AND (f.due_at >= %(start)s
        OR r.kind LIKE 'delay%%' AND (f.closed_at IS NULL OR f.closed_at >= %(start)s));
CREATE TEMP TABLE priced ON COMMIT DROP AS
WITH earlier AS (
  SELECT d.finding_id, d.origin_rule_id, SUM(d.units) FILTER (WHERE d.state <> 'withdrawn') AS units,
         SUM(d.points) FILTER (WHERE d.state IN ('counted', 'pending')) AS points
    FROM bench_assessment_deduction d JOIN bench_assessment p ON p.id = d.assessment_id
   WHERE p.company_id = %(company)s AND p.period_type = 'month' AND p.period_end < %(first)s GROUP BY 1, 2),
worked AS (
  SELECT f.*, COALESCE(e.units, 0) AS units_before, COALESCE(e.points, 0) AS points_before,
         CASE f.kind
           WHEN 'delay_hour' THEN (
             SELECT FLOOR(ROUND((GREATEST(0, COALESCE(t.done, 0) - COALESCE(s.done, 0)) / 3600)::numeric, 6))
               FROM (SELECT 1) one
               LEFT JOIN LATERAL (
                 SELECT (seconds_before + LEAST(seconds, EXTRACT(EPOCH FROM f.due_at - start_at)))::float AS done
                   FROM sbo_working_day WHERE calendar_id = %(calendar)s AND start_at <= f.due_at
                  ORDER BY start_at DESC LIMIT 1) s ON TRUE
               LEFT JOIN LATERAL (
                 SELECT (seconds_before + LEAST(seconds, EXTRACT(EPOCH FROM
                         LEAST(f.closed_at, %(until)s) - start_at)))::float AS done
                   FROM sbo_working_day WHERE calendar_id = %(calendar)s AND start_at <= LEAST(f.closed_at, %(until)s)
                  ORDER BY start_at DESC LIMIT 1) t ON TRUE)
           WHEN 'missed' THEN 1 ELSE GREATEST(1, FLOOR(ROUND(f.quantity::numeric, 4))) END AS units_total
    FROM found f
    LEFT JOIN earlier e ON f.kind LIKE 'delay%%' AND e.finding_id = f.finding_id
     AND e.origin_rule_id = f.origin_rule_id
   WHERE f.counted OR f.pending),
numbered AS (
  SELECT w.*, CASE WHEN w.kind = 'missed' AND row_number() OVER (PARTITION BY w.assessment_id, w.rule_id
                          ORDER BY NOT w.counted, w.due_at, w.finding_id) > 1 THEN 0
                   ELSE GREATEST(0, w.units_total - w.units_before) END AS units
    FROM worked w)
SELECT *, LEAST(units * per_unit, CASE WHEN cap > 0 THEN GREATEST(0, cap - points_before) END) AS cost
  FROM numbered WHERE units > 0 OR kind = 'missed';
CREATE TEMP TABLE line ON COMMIT DROP AS
SELECT nextval('sbo_assessment_line_id_seq')::integer AS id, c.*, COALESCE(x.examined, 0) AS examined,
       COALESCE(p.lost, 0) AS lost, COALESCE(p.pending, 0) AS pending,
       GREATEST(0, c.points - COALESCE(p.lost, 0)) AS score
  FROM (SELECT sheet.id AS assessment_id, sheet.user_id, c.id AS criterion_id, c.section_id, c.points,
               row_number() OVER (PARTITION BY sheet.id ORDER BY s.sequence, s.code, c.sequence, c.code) AS sequence
          FROM sheet, sbo_standard_section s JOIN sbo_standard_criterion c ON c.section_id = s.id
         WHERE s.standard_id = %(standard)s) c
  LEFT JOIN (SELECT assessment_id, criterion_id, COUNT(DISTINCT finding_id) AS examined FROM found GROUP BY 1, 2) x
         USING (assessment_id, criterion_id)
  LEFT JOIN (SELECT assessment_id, criterion_id, SUM(cost) FILTER (WHERE counted) AS lost,
                    SUM(cost) FILTER (WHERE NOT counted) AS pending FROM priced GROUP BY 1, 2) p
         USING (assessment_id, criterion_id);
INSERT INTO bench_assessment (id, user_id, company_id, standard_id, period_type, period_start, period_end, version, state,
       working_days, attended_days, pay_base, pay, points_lost, points_pending, score, bonus, total, coefficient, grade_id,
       veto, self_rated, finance_rated, not_assessed, refreshed_at, create_uid, create_date, write_uid, write_date)
SELECT sheet.id, sheet.user_id, %(company)s, %(standard)s, 'month', %(first)s, %(last)s, 1, 'draft', w.days, w.days, 0, 0,
       t.lost, t.pending, t.score, 0, t.score, g.coefficient, g.id, FALSE, FALSE, FALSE, FALSE, %(as_of)s, 1, now(), 1,
       now()
  FROM sheet
  JOIN (SELECT assessment_id, SUM(points - score) AS lost, SUM(pending) AS pending, SUM(score) AS score
          FROM line GROUP BY 1) t ON t.assessment_id = sheet.id
 CROSS JOIN (SELECT COUNT(DISTINCT date) AS days FROM sbo_working_day
              WHERE calendar_id = %(calendar)s AND date BETWEEN %(first)s AND %(last)s) w
  JOIN LATERAL (SELECT id, coefficient FROM sbo_standard_grade WHERE standard_id = %(standard)s AND min_score <= t.score
                 ORDER BY min_score DESC LIMIT 1) g ON TRUE;
INSERT INTO bench_assessment_line (id, assessment_id, user_id, company_id, period_start, criterion_id, section_id, sequence,
       points, examined, lost, pending, score, final, self_score, finance_score, adjustment, create_uid, create_date,
       write_uid, write_date)
SELECT id, assessment_id, user_id, %(company)s, %(first)s, criterion_id, section_id, sequence, points, examined, lost,
       pending, score, score, 0, 0, 0, 1, now(), 1, now()
  FROM line;
INSERT INTO bench_assessment_deduction (assessment_id, line_id, user_id, company_id, sequence, rule_id, origin_rule_id,
       finding_id, check_id, res_model, res_id, res_name, due_at, closed_at, quantity, units_total, units_before, units,
       per_unit, cap, points_before, points, state, exempt, create_uid, create_date, write_uid, write_date)
SELECT p.assessment_id, l.id, p.user_id, %(company)s, l.sequence * 1000 + p.rule_sequence, p.rule_id, p.origin_rule_id,
       p.finding_id, p.check_id, p.res_model, p.res_id, p.res_name, p.due_at, p.closed_at, p.quantity, p.units_total,
       p.units_before, p.units, p.per_unit, p.cap, p.points_before, p.cost,
       CASE WHEN p.counted THEN 'counted' ELSE 'pending' END, FALSE, 1, now(), 1, now()
  FROM priced p JOIN line l USING (assessment_id, criterion_id)
