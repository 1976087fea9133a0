'use strict';

const { UserError } = require('@cubejs-backend/api-gateway');

// Figures that only add up within one value of these dimensions.
const required = {
  plan_fact: { metric: 'one metric', scope_kind: 'one kind of scope' },
};

// The same facts under each of these values: only a filter keeps a question to one of them.
const chosen = {
  attribution: { model: ['last_touch', 'first_touch', 'linear', 'position_based', 'time_decay'] },
};

function listFilters(filters = []) {
  return filters.flatMap((filter) => (filter.and ? listFilters(filter.and) : [filter]));
}

function readChoice(query, member) {
  const filter = listFilters(query.filters).find(
    (filter) =>
      (filter.member ?? filter.dimension) === member &&
      filter.operator === 'equals' &&
      filter.values?.length === 1,
  );
  return filter?.values[0];
}

function asksFor(query, view) {
  return query.measures?.some((measure) => String(measure).startsWith(`${view}.`));
}

/** Refuses a sum of things that cannot be added, rather than answering with a number that means nothing. */
function refuseMixed(query) {
  for (const [view, dimensions] of Object.entries(required)) {
    if (!asksFor(query, view)) continue;
    for (const [dimension, what] of Object.entries(dimensions)) {
      const member = `${view}.${dimension}`;
      if (!query.dimensions?.includes(member) && readChoice(query, member) === undefined)
        throw new UserError(`${view} needs ${what}: filter or group by ${member}`);
    }
  }
  for (const [view, dimensions] of Object.entries(chosen)) {
    if (!asksFor(query, view)) continue;
    for (const [dimension, values] of Object.entries(dimensions)) {
      const member = `${view}.${dimension}`;
      if (!values.includes(readChoice(query, member)))
        throw new UserError(
          `${view} needs one ${dimension}: filter ${member} by exactly one of ${values.join(', ')}`,
        );
    }
  }
  return query;
}

module.exports = { refuseMixed };
