'use strict';

const { UserError } = require('@cubejs-backend/api-gateway');

// Figures that only add up within one value of these dimensions.
const required = {
  plan_fact: { metric: 'one metric', scope_kind: 'one kind of scope' },
};

function listFilters(filters = []) {
  return filters.flatMap((filter) => (filter.and ? listFilters(filter.and) : [filter]));
}

function isSettled(query, member) {
  if (query.dimensions?.includes(member)) return true;
  return listFilters(query.filters).some(
    (filter) =>
      (filter.member ?? filter.dimension) === member &&
      filter.operator === 'equals' &&
      filter.values?.length === 1,
  );
}

/** Refuses a sum of things that cannot be added, rather than answering with a number that means nothing. */
function refuseMixed(query) {
  for (const [view, dimensions] of Object.entries(required)) {
    if (!query.measures?.some((measure) => String(measure).startsWith(`${view}.`))) continue;
    for (const [dimension, what] of Object.entries(dimensions))
      if (!isSettled(query, `${view}.${dimension}`))
        throw new UserError(`${view} needs ${what}: filter or group by ${view}.${dimension}`);
  }
  return query;
}

module.exports = { refuseMixed };
