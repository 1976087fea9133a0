'use strict';

const { createHash } = require('node:crypto');

/**
 * Rollups are tables that each load keeps true in its own transaction: `rollup.<cube>__<by>` holds sums over the rows of
 * a cube, in columns named as in those rows. A question that needs no other column of the cube is put to the smallest
 * such table in place of the facts; its measures and joins stay as the model says.
 */

/** Catalogues of rollups by their fingerprint, which goes into the security context: SQL is kept by that. */
const catalogues = new Map();
let known = { version: null, fingerprint: null };

/** The security context with the rollups that hold for a data version; they are looked up once for each. */
async function withRollups(securityContext, version, query) {
  if (!securityContext) return securityContext;
  if (known.version !== version) {
    const catalogue = await readRollups(query);
    const fingerprint = createHash('sha256').update(JSON.stringify(catalogue)).digest('hex').slice(0, 16);
    catalogues.clear();
    catalogues.set(fingerprint, catalogue);
    known = { version, fingerprint };
  }
  return { ...securityContext, rollups: known.fingerprint };
}

const none = { zone: null, tables: [] };
/** Null where Cube only looks which members a question has, as it does to apply rights. */
function rollupsOf(securityContext) {
  return securityContext?.rollups ? (catalogues.get(securityContext.rollups) ?? none) : null;
}

const misses = new Map();

/** Writes every few seconds which questions no rollup could answer, for `pulse doctor`. */
function keepMisses(query) {
  const flush = async () => {
    const rows = [...misses.values()];
    misses.clear();
    if (rows.length === 0) return;
    await query(
      `insert into ops.rollup_misses (members, reason, asked, last_at)
       select members, reason, asked, now() from jsonb_to_recordset($1) as r(members text, reason text, asked bigint)
       on conflict (members) do update
         set reason = excluded.reason, asked = rollup_misses.asked + excluded.asked, last_at = excluded.last_at`,
      [JSON.stringify(rows)],
    );
  };
  setInterval(() => flush().catch(() => {}), 5_000).unref();
}

function miss(query, reason) {
  const { measures = [], dimensions = [], timeDimensions = [], filters = [] } = query.options;
  const times = timeDimensions.map(
    ({ dimension, granularity }) => `${dimension}${granularity ? `.${granularity}` : ''}`,
  );
  const filtered = [...new Set(JSON.stringify(filters).match(/"(?:member|dimension)":"[^"]+"/g) ?? [])].map(
    (text) => text.split('"')[3],
  );
  const members = [measures.join(', '), [...dimensions, ...times].join(', '), filtered.join(', ')].join(
    ' | ',
  );
  const seen = misses.get(members);
  misses.set(members, { members, reason, asked: (seen?.asked ?? 0) + 1 });
}

/** What "now" is for a row of a source; a rollup that knows the source is asked with it. */
const withNow = (name) =>
  `(select t.*, coalesce(s.fresh_at, now()) as fresh_at from ${name} t left join ops.sources s using (source))`;

/**
 * What rollups there are: `{ zone, tables: [{ cube, name, columns }] }`, the smallest first. Their zone is the one that
 * they were made for: that of the settings changes before the load that makes them anew.
 */
async function readRollups(query) {
  const { rows } = await query(`
    select split_part(c.relname, '__', 1) as cube, c.relname as name,
      array_agg(a.attname::text) as columns,
      (select value #>> '{}' from core.settings where key = 'derived.zone') as zone
    from pg_class c
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    where c.relnamespace = to_regnamespace('rollup') and c.relkind in ('r', 'v')
    group by c.oid, c.relname, c.reltuples order by c.relname like '%\\_\\_each', c.relkind = 'v', c.reltuples, count(*), c.relname`);
  const tables = rows.map(({ cube, name, columns }) => ({
    cube,
    name,
    hasRecords: name.endsWith('__each'),
    columns: columns.includes('source') ? [...columns, 'fresh_at'] : columns,
  }));
  return { zone: rows[0]?.zone ?? null, tables };
}

/** The columns of a cube that a statement names. */
function namedColumns(sql, alias) {
  const columns = new Set();
  for (const [, column] of sql.matchAll(new RegExp(`${alias}\\s*\\.\\s*"?([a-z_0-9]+)"?`, 'g')))
    columns.add(column);
  return [...columns];
}

/** Puts rollups in the place of cubes in a statement that a Cube query object has built. */
function takeRollups(sql, query, { zone, tables }) {
  for (const cube of query.cubeEvaluator.cubeNames().filter((name) => isCounted(query, name))) {
    const alias = query.cubeAlias(cube);
    const from = query.cubeSql(cube);
    if (!sql.includes(`${from} AS ${alias}`)) continue;
    const own = tables.filter((table) => table.cube === cube);
    const columns = namedColumns(sql.replaceAll(from, ''), alias);
    const reason = own.length ? whyNot(query, zone, columns, cube) : `${cube} has no rollup`;
    const table = own.find((t) => (t.hasRecords || !reason) && columns.every((c) => t.columns.includes(c)));
    if (!table) {
      if (!isOfRecords(query))
        miss(query, reason ?? `no rollup of ${cube} has the columns ${columns.join(', ')}`);
      continue;
    }
    const name = `rollup."${table.name}"`;
    sql = sql.replaceAll(
      `${from} AS ${alias}`,
      `${columns.includes('fresh_at') ? withNow(name) : name} AS ${alias}`,
    );
  }
  return sql;
}

/** Cubes of facts; those that people and things are looked up in have no measures, and some hold sums already. */
function isCounted(query, name) {
  const { isView, measures, meta } = query.cubeEvaluator.cubeFromPath(name);
  return !isView && Object.keys(measures ?? {}).length > 0 && !meta?.is_summed;
}

/** Whether a question leads to the records themselves: it is cut by the one thing that each row of its view is. */
function isOfRecords({ options, cubeEvaluator }) {
  if (options.ungrouped) return true;
  return (options.dimensions ?? []).some((name) => {
    const [view, dimension] = String(name).split('.');
    return cubeEvaluator.cubeFromPath(view).meta?.record === dimension;
  });
}

const grains = [undefined, null, 'day', 'week', 'month', 'quarter', 'year'];

/** Rollups know whole days of the reporting zone, and no single record, but for those that hold `each`. */
function whyNot(query, zone, columns, cube) {
  if (query.options.ungrouped) return 'records are asked for, not sums';
  if (query.cubeEvaluator.cubeFromPath(cube).meta?.lacks_empty_groups && !leavesEmptyOut(query))
    return 'groups of which nothing is left are asked for too';
  for (const { dimension, granularity, dateRange, ...time } of query.timeDimensions.map(plain)) {
    if (!grains.includes(granularity)) return `${dimension} is cut by ${granularity}`;
    if (dateRange && !time.isWhole) return `the range of ${dimension} does not consist of whole days`;
  }
  if (query.timezone !== zone && columns.some((column) => /(^|_)at$/.test(column)))
    return `the question is cut in ${query.timezone}, rollups in ${zone}`;
  const isTime = (path) =>
    path &&
    query.cubeEvaluator.isDimension(path) &&
    query.cubeEvaluator.dimensionByPath(path).type === 'time';
  if (query.dimensions.some(({ dimension }) => isTime(dimension))) return 'single moments are asked for';
  const flat = (filter) =>
    filter.values && Array.isArray(filter.values) && filter.values[0]?.filterToWhere
      ? filter.values.flatMap(flat)
      : [filter];
  if (query.filters.flatMap(flat).some((filter) => isTime(filter.dimension)))
    return 'a moment is filtered for';
  return null;
}

/** Whether no group is asked for, or only those in which a measure is something else than 0 or unknown. */
function leavesEmptyOut({ options, cubeEvaluator }) {
  const { dimensions = [], timeDimensions = [], filters = [] } = options;
  if (dimensions.length === 0 && !timeDimensions.some(({ granularity }) => granularity)) return true;
  const having = filters
    .map(({ member, dimension, ...filter }) => ({ ...filter, member: member ?? dimension }))
    .filter(({ member }) => member && cubeEvaluator.isMeasure(member));
  const isSet = (member) => having.some((one) => one.member === member && one.operator === 'set');
  return having.some(({ member, operator, values = [] }) => {
    const all = (test) => values.length > 0 && values.every((value) => test(Number(value)));
    if (operator === 'gt') return all((value) => value >= 0);
    if (operator === 'equals') return all((value) => value !== 0);
    return operator === 'notEquals' && values.some((value) => Number(value) === 0) && isSet(member);
  });
}

function plain(time) {
  const dateRange = time.dateRange ?? null;
  const isWhole =
    dateRange !== null &&
    /T00:00:00(\.0+)?$/.test(time.dateFromFormatted()) &&
    /T23:59:59\.9+$/.test(time.dateToFormatted());
  return { dimension: time.dimension, granularity: time.granularity, dateRange, isWhole };
}

module.exports = { keepMisses, rollupsOf, takeRollups, withRollups };
