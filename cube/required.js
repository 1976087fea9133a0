'use strict';

const { UserError } = require('@cubejs-backend/api-gateway');

// Figures that only add up within one value of these dimensions; all others of the view are numbers.
const required = {
  plan_fact: {
    needs: { metric: 'one metric', scope_kind: 'one kind of scope' },
    dimensions: ['metric', 'scope_kind', 'scope', 'month', 'team_key', 'employee_key'],
  },
};

// The same facts under each of these values: only a filter keeps a question to one of them.
const chosen = {
  attribution: { model: ['last_touch', 'first_touch', 'linear', 'position_based', 'time_decay'] },
};

const memberOf = (filter) => filter.member ?? filter.dimension;

/** All filters, however deep in groups. */
function listFilters(filters = []) {
  return filters.flatMap((filter) => {
    const group = filter.and ?? filter.or;
    return group ? listFilters(group) : [filter];
  });
}

/** Those that each row has to meet: what stands in an "or" keeps nothing out. */
function listConditions(filters = []) {
  return filters.flatMap((filter) => (filter.and ? listConditions(filter.and) : filter.or ? [] : [filter]));
}

/** The one value that the filters leave of a dimension, if they do. */
function readChoice(query, member) {
  const filter = listConditions(query.filters).find(
    (filter) =>
      memberOf(filter) === member && filter.operator === 'equals' && new Set(filter.values).size === 1,
  );
  return filter?.values[0];
}

/** Every member that a question touches, be it only to filter or to order by. */
function listMembers({
  measures = [],
  dimensions = [],
  timeDimensions = [],
  filters,
  segments = [],
  order = [],
}) {
  const ordered = Array.isArray(order)
    ? order.map((one) => (Array.isArray(one) ? one[0] : one.id))
    : Object.keys(order);
  return [
    ...measures,
    ...dimensions,
    ...timeDimensions.map(({ dimension }) => dimension),
    ...listFilters(filters).map(memberOf),
    ...segments,
    ...ordered,
  ].map(String);
}

const isOf = (view) => (member) => member.startsWith(`${view}.`);

/** Whether a sum decides about the answer, be it only which groups are left in it. */
function sums(query, view, dimensions) {
  const filtered = listFilters(query.filters).map(memberOf).filter(isOf(view));
  return (
    (query.measures ?? []).some(isOf(view)) ||
    filtered.some((member) => !dimensions.includes(member.split('.')[1]))
  );
}

/** Refuses a sum of things that cannot be added, rather than answering with a number that means nothing. */
function refuseMixed(query) {
  for (const [view, { needs, dimensions }] of Object.entries(required)) {
    if (!sums(query, view, dimensions)) continue;
    for (const [dimension, what] of Object.entries(needs)) {
      const member = `${view}.${dimension}`;
      if (!query.dimensions?.includes(member) && readChoice(query, member) === undefined)
        throw new UserError(`${view} needs ${what}: filter or group by ${member}`);
    }
  }
  for (const [view, dimensions] of Object.entries(chosen)) {
    const touched = listMembers(query).filter(isOf(view));
    for (const [dimension, values] of Object.entries(dimensions)) {
      const member = `${view}.${dimension}`;
      // To list the choices is no sum of anything.
      if (touched.every((name) => name === member)) continue;
      if (!values.includes(readChoice(query, member)))
        throw new UserError(
          `${view} needs one ${dimension}: filter ${member} by exactly one of ${values.join(', ')}`,
        );
    }
  }
  return query;
}

module.exports = { refuseMixed };
