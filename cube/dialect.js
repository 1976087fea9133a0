'use strict';

const { PostgresQuery } = require('@cubejs-backend/schema-compiler');

/**
 * Cube ends a day at 23:59:59.999, but PostgreSQL counts microseconds: what happens in the last millisecond
 * of a day would belong to no day at all.
 */
class MicrosecondQuery extends PostgresQuery {
  timestampFormat() {
    return 'YYYY-MM-DD[T]HH:mm:ss.SSSSSS[Z]';
  }

  timestampPrecision() {
    return 6;
  }
}

module.exports = { MicrosecondQuery };
