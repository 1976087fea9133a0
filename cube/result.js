'use strict';

const granularityLevels = ['second', 'minute', 'hour', 'day', 'week', 'month', 'quarter', 'year'];

function rankGranularity(name) {
  const rank = granularityLevels.indexOf(name);
  return rank < 0 ? granularityLevels.length : rank;
}

const timeText = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(\.\d+)?(?: ?(?:Z|UTC|[+-]\d\d:?\d\d))?$/;

function formatTime(text) {
  const match = timeText.exec(text);
  if (!match) return text;
  const [, day, time, fraction = ''] = match;
  return `${day}T${time}.${fraction.slice(1, 4).padEnd(3, '0')}`;
}

function transformValue(value, type) {
  if (value === null || value === undefined) return null;
  // Numbers leave as strings, as they do in Cube: a numeric never passes through a binary float.
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  return type === 'time' && typeof value === 'string' ? formatTime(value) : value;
}

function requireVisible(member, annotation) {
  if (annotation[member]) return;
  throw new Error(`You requested hidden member: '${member}'. Please make it visible using \`public: true\`.`);
}

function memberName(member) {
  return typeof member === 'string' ? member : member.name;
}

// An empty result has no columns, yet a member that the viewer may not see is refused all the same.
function checkQueryMembers(query, annotation) {
  for (const member of [...(query.measures ?? []), ...(query.dimensions ?? [])])
    requireVisible(memberName(member), annotation);
  for (const { dimension, granularity } of query.timeDimensions ?? [])
    if (granularity) requireVisible(dimension, annotation);
}

function readDateRange(query) {
  const range = query.timeDimensions?.[0]?.dateRange;
  if (!range || range.length === 1)
    throw new Error('Inconsistent dateRange configuration for the compare date range query');
  return range.join(' - ');
}

function readBlendingGranularity(query) {
  const granularity = query.timeDimensions?.[0]?.granularity;
  if (!granularity) throw new Error('A time dimension with granularity is required for the blending query');
  return granularity;
}

/** Columns of the answer in their order: the query's own, then those that Cube adds for old clients. */
function planColumns({ aliasToMemberNameMap, annotation, query, queryType }, { members, columns }) {
  if (members.length === 0) {
    checkQueryMembers(query, annotation);
    return [];
  }
  const dimensions = (query.dimensions ?? []).map(memberName);
  const coarse = new Map();
  const plan = members.map((alias, index) => {
    const member = aliasToMemberNameMap[alias];
    if (!member) throw new Error(`Member name not found for alias: '${alias}'`);
    requireVisible(member, annotation);
    const values = columns[index].map((value) => transformValue(value, annotation[member].type));
    const [cube, name, granularity] = member.split('.');
    const base = `${cube}.${name}`;
    if (granularity && !dimensions.includes(base)) {
      const rank = rankGranularity(granularity);
      const known = coarse.get(base);
      if (!known || rank <= known.rank) coarse.set(base, { rank, values });
    }
    return { member, values };
  });
  // A time dimension is also answered without its granularity, in the finest one asked for.
  for (const [member, { values }] of coarse) plan.push({ member, values });
  return plan.concat(planTail(query, queryType, plan, columns[0].length));
}

function planTail(query, queryType, plan, rowCount) {
  if (queryType === 'compareDateRangeQuery')
    return [{ member: 'compareDateRange', values: new Array(rowCount).fill(readDateRange(query)) }];
  if (queryType !== 'blendingQuery') return [];
  const granularity = readBlendingGranularity(query);
  const source = plan.find(({ member }) => member === `${query.timeDimensions[0].dimension}.${granularity}`);
  return source ? [{ member: `time.${granularity}`, values: source.values }] : [];
}

function toRows(plan) {
  const rowCount = plan[0]?.values.length ?? 0;
  return Array.from({ length: rowCount }, (_, row) =>
    Object.fromEntries(plan.map(({ member, values }) => [member, values[row]])),
  );
}

/** Turns the driver's columns into the `data` of Cube's REST answer. */
function transformData(request, raw) {
  const plan = planColumns(request, raw);
  const members = plan.map(({ member }) => member);
  const columns = plan.map(({ values }) => values);
  if (request.resType === 'columnar') return { members, columns };
  if (request.resType === 'compact')
    return { members, dataset: (columns[0] ?? []).map((_, row) => columns.map((values) => values[row])) };
  return toRows(plan);
}

/** The one query that describes several, for clients that pivot. */
function pivotQuery(queryType, queries) {
  const pivot = { ...queries[0], queryType };
  if (queryType === 'compareDateRangeQuery')
    pivot.dimensions = ['compareDateRange', ...(pivot.dimensions ?? [])];
  if (queryType === 'blendingQuery') {
    pivot.measures = [...new Set(queries.flatMap(({ measures }) => measures ?? []))];
    pivot.dimensions = [...new Set(queries.flatMap(({ dimensions }) => dimensions ?? []))];
    pivot.timeDimensions = [{ dimension: 'time', granularity: readBlendingGranularity(queries[0]) }];
  }
  return pivot;
}

module.exports = { transformData, pivotQuery, formatTime };
