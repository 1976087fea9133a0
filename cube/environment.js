'use strict';

const settings = {
  NODE_ENV: 'production',
  CUBEJS_DEV_MODE: 'false',
  CUBEJS_TELEMETRY: 'false',
  // A worker thread takes longer to start than this model takes to read.
  CUBEJS_TRANSPILATION_WORKER_THREADS_COUNT: '1',
  CUBEJS_DB_TYPE: 'postgres',
  CUBEJS_SCHEMA_PATH: 'model',
  CUBEJS_TESSERACT_SQL_PLANNER: 'false',
  CUBEJS_CACHE_AND_QUEUE_DRIVER: 'memory',
  CUBEJS_EXTERNAL_DEFAULT: 'false',
  // Without a rollup the answering instance only reads; whoever builds is another process.
  CUBEJS_REFRESH_WORKER: 'false',
  CUBEJS_PRE_AGGREGATIONS_BUILDER: 'false',
  CUBEJS_CONCURRENCY: '8',
  CUBEJS_DB_MAX_POOL: '10',
  // Longer than a reader waits, nobody computes.
  CUBEJS_DB_QUERY_TIMEOUT: '30s',
  CUBEJS_DB_QUERY_LIMIT: '1000000',
  // Cube cuts an answer at 10,000 rows without a word; an export asks for more.
  CUBEJS_DB_QUERY_DEFAULT_LIMIT: '100000',
};

/** Cube reads its settings from the environment when its modules load: call this before any of them. */
function setEnvironment(env = process.env) {
  for (const name of ['WAREHOUSE_URL', 'PULSE_SECRET'])
    if (!env[name]) throw new Error(`${name} is not set: the cube process needs it`);
  Object.assign(env, settings);
}

module.exports = { setEnvironment, settings };
