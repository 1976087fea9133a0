'use strict';

const { randomBytes } = require('node:crypto');
const { CompilerApi } = require('@cubejs-backend/server-core/dist/src/core/CompilerApi.js');

/**
 * What Cube works out anew for each question though it is known already. Measured on a page of 27 questions with a filter
 * that nobody had chosen before, this was three quarters of all work.
 */
function saveWork() {
  keepSqlByForm();
  keepVisibility();
}

const isPlain = ({ operator, values }) =>
  (operator === 'equals' || operator === 'notEquals') &&
  Array.isArray(values) &&
  values.length > 0 &&
  values.every((value) => typeof value === 'string' && value !== '');

// Nobody can ask for a value that looks like a stand-in.
const mark = `value-${randomBytes(12).toString('hex')}-`;

/**
 * Values that a text or a key is compared with become parameters as they are: whoever asks the same of another manager, or
 * with other rights, gets the same SQL. It is made for stand-ins, which are then put back for the values; other filters stay
 * in the form as they are. Rights are filters by now, so of who asks the SQL only depends on the rollups that hold.
 */
function toForm(query, isCompared) {
  const values = [];
  const replace = (filter) => {
    if (filter.and) return { ...filter, and: filter.and.map(replace) };
    if (filter.or) return { ...filter, or: filter.or.map(replace) };
    if (!isPlain(filter) || !isCompared(filter.member ?? filter.dimension)) return filter;
    return { ...filter, values: filter.values.map((value) => `${mark}${values.push(value) - 1}`) };
  };
  const filters = (query.filters ?? []).map(replace);
  const { rollups } = query.contextSymbols?.securityContext ?? {};
  return { form: { ...query, filters, contextSymbols: { securityContext: { rollups } } }, values };
}

/** The parameters with the values in the places of their stand-ins; null if one is no parameter by itself. */
function fill([text, params, ...rest], values) {
  const places = new Map(values.map((_, place) => [`${mark}${place}`, place]));
  const used = new Set(params.filter((param) => places.has(param)));
  const filled = params.map((param) => (places.has(param) ? values[places.get(param)] : param));
  const isWhole =
    used.size === values.length && ![text, ...filled].some((part) => String(part).includes(mark));
  return isWhole ? [text, filled, ...rest] : null;
}

function keepSqlByForm() {
  const { getSql } = CompilerApi.prototype;
  // Cube keeps SQL by these options, among which the number of each request is one.
  CompilerApi.prototype.getSql = async function (query, { requestId, ...options } = {}) {
    const { cubeEvaluator } = await this.getCompilers({ requestId: query.requestId ?? requestId });
    const isCompared = (path) =>
      typeof path === 'string' &&
      cubeEvaluator.isDimension(path) &&
      ['string', 'number'].includes(cubeEvaluator.dimensionByPath(path).type);
    const { form, values } = toForm(query, isCompared);
    if (values.length === 0) return getSql.call(this, form, options);
    const made = await getSql.call(this, form, options);
    const sql = made.sql && fill(made.sql, values);
    return sql ? { ...made, sql } : getSql.call(this, query, options);
  };
}

/** Which members somebody may see depends on the groups alone, as the model has no policy with conditions. */
function keepVisibility() {
  const { patchVisibilityByAccessPolicy } = CompilerApi.prototype;
  const known = new WeakMap();
  CompilerApi.prototype.patchVisibilityByAccessPolicy = async function (compilers, context, cubes) {
    const groups = [...(await this.getGroupsFromContext(context))].sort().join(',');
    const kept = known.get(compilers) ?? new Map();
    known.set(compilers, kept);
    if (!kept.has(groups))
      kept.set(groups, patchVisibilityByAccessPolicy.call(this, compilers, context, cubes));
    return kept.get(groups);
  };
}

module.exports = { saveWork, toForm, fill };
