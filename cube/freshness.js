'use strict';

const pg = require('pg');
const { CubejsHandlerError } = require('@cubejs-backend/api-gateway');
const { QueryCache, LocalCacheDriver } = require('@cubejs-backend/query-orchestrator');

/** Reads the version that every load raises; one small connection is enough for it. */
function createVersionReader(connectionString) {
  const pool = new pg.Pool({ connectionString, max: 2, idleTimeoutMillis: 30_000 });
  pool.on('error', () => {});
  const query = (sql, values) =>
    pool.query(sql, values).catch((error) => {
      throw new CubejsHandlerError(503, 'Unavailable', `The warehouse cannot be asked: ${error.message}`);
    });
  async function look() {
    const { rows } = await query('select version::text from ops.data_version');
    return rows[0]?.version ?? '0';
  }
  let running = null;
  let next = null;
  /** Questions of one page come together and share a look, but only one that began after they came. */
  function readVersion() {
    if (!running) return (running = look().finally(() => (running = null)));
    next ??= running
      .catch(() => {})
      .then(() => {
        next = null;
        return (running = look().finally(() => (running = null)));
      });
    return next;
  }
  return { query, readVersion };
}

/**
 * Two equal queries share one execution in Cube's queue. Asked for before and after a load they must not, so the
 * data version is part of what makes them equal.
 */
function separateVersions() {
  const { queryCacheKey } = QueryCache;
  QueryCache.queryCacheKey = (body) => {
    const key = queryCacheKey(body);
    const version = body.context?.dataVersion;
    if (version !== undefined) key.push({ dataVersion: version });
    return key;
  };
}

/** The app keeps results by data version; here they would be stale after a load, and never be let go of. */
function keepNoResults() {
  const { set } = LocalCacheDriver.prototype;
  LocalCacheDriver.prototype.set = function (key, value, expiration) {
    if (key.includes('SQL_QUERY_RESULT')) return Promise.resolve({ key, bytes: 0 });
    return set.call(this, key, value, expiration);
  };
}

module.exports = { createVersionReader, separateVersions, keepNoResults };
