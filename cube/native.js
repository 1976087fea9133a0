'use strict';

const { readPhrasesFast } = require('./phrases.js');
const { transformData, pivotQuery } = require('./result.js');

function parseRows(rows) {
  return JSON.parse(Buffer.from(rows).toString('utf8'));
}

function encode(value) {
  return new TextEncoder().encode(JSON.stringify(value)).buffer;
}

// What only the planner and the log need of a query stays inside, as it does with the native part.
const queryFields = [
  'measures',
  'dimensions',
  'timeDimensions',
  'segments',
  'limit',
  'offset',
  'total',
  'totalQuery',
  'timezone',
  'renewQuery',
  'ungrouped',
  'responseFormat',
  'filters',
  'rowLimit',
  'order',
  'queryType',
];

function pickQuery(query) {
  return Object.fromEntries(queryFields.map((field) => [field, query[field] ?? undefined]));
}

function answer(request, rows, result) {
  const { total, ...rest } = result;
  return {
    ...rest,
    query: pickQuery(result.query),
    ...(total === null || total === undefined ? {} : { total }),
    data: transformData(request, parseRows(rows)),
  };
}

const standIn = {
  setupLogger() {},
  resetLogger() {},
  registerInterface: async () => ({}),
  shutdownInterface: async () => {},
  isFallbackBuild: () => true,
  redactSqlLiterals: (sql) => sql.replace(/'(?:[^']|'')*'/g, "'redacted'"),
  getFinalQueryResult: async (request, rows, result) => encode(answer(request, rows, result)),
  getFinalQueryResultMulti: async (requests, rows, { queryType, results, slowQuery }) => {
    const answers = results.map((result, index) => answer(requests[index], rows[index], result));
    const queries = answers.map(({ query }) => query);
    return encode({ queryType, results: answers, pivotQuery: pivotQuery(queryType, queries), slowQuery });
  },
};

function newJinjaEngine() {
  return {
    loadTemplate(name) {
      throw new Error(`${name}: Jinja templates need Cube's native part; write plain YAML`);
    },
  };
}

/**
 * Cube's native part is downloaded by an install script, which this project does not run.
 * Where it is absent, JavaScript does the little that a YAML model and the REST API need of it.
 */
function provideNative() {
  const native = require('@cubejs-backend/native');
  try {
    native.loadNative();
    return 'native';
  } catch {
    Object.assign(native, standIn);
    native.NativeInstance.prototype.newJinjaEngine = newJinjaEngine;
    readPhrasesFast();
    return 'stand-in';
  }
}

module.exports = { provideNative, standIn };
