'use strict';

const { BaseMeasure, PostgresQuery } = require('@cubejs-backend/schema-compiler');
const { rollupsOf, takeRollups } = require('./rollups.js');

/**
 * The entities that a public measure is counted from, by the model's `meta`: its own, else those of its view. It is
 * connected when all of `needs` are, by default all of `sources`; `needs: any` asks for one of them.
 */
function readSources(view, measure) {
  const { sources = [], needs = sources } = measure.meta?.sources ? measure.meta : (view.meta ?? {});
  return needs === 'any' ? { entities: sources, isAny: true } : { entities: needs, isAny: false };
}

/** The count of what no source has ever brought is not 0: nobody knows it. */
class ConnectedMeasure extends BaseMeasure {
  selectColumns() {
    const path = this.expression ? null : this.measure;
    const view = path && this.query.cubeEvaluator.cubeFromPath(path);
    if (!view?.isView) return super.selectColumns();
    const measure = this.query.cubeEvaluator.measureByPath(path);
    const { entities, isAny } = readSources(view, measure);
    // Counts are kept as sums in rollups, and a sum of nothing would be null.
    const sql = measure.meta?.empty === 0 ? `coalesce(${this.measureSql()}, 0)` : this.measureSql();
    if (entities.length === 0) return [`${sql} ${this.aliasName()}`];
    const names = entities.map((entity) => `'${entity}'`).join(', ');
    // A subselect that depends on no row is run once, not once for each.
    const isConnected = `(select core.is_connected(array[${names}]${isAny ? ', true' : ''}))`;
    return [`case when ${isConnected} then ${sql} end ${this.aliasName()}`];
  }
}

/**
 * Cube ends a day at 23:59:59.999, but PostgreSQL counts microseconds: what happens in the last millisecond
 * of a day would belong to no day at all.
 */
class PulseQuery extends PostgresQuery {
  timestampFormat() {
    return 'YYYY-MM-DD[T]HH:mm:ss.SSSSSS[Z]';
  }

  timestampPrecision() {
    return 6;
  }

  newMeasure(path) {
    return new ConnectedMeasure(this, path);
  }

  /** The model has none, and to look for the one that fits takes longer than all the rest of writing the SQL. */
  newPreAggregations() {
    return Object.assign(super.newPreAggregations(), {
      rollupMatchResults: () => [],
      preAggregationsDescriptionLocal: () => [],
      canUseTransformedQuery: () => null,
    });
  }

  buildSqlAndParams(exportAnnotatedSql) {
    const [sql, ...rest] = super.buildSqlAndParams(exportAnnotatedSql);
    const rollups = rollupsOf(this.contextSymbols.securityContext);
    return [rollups ? takeRollups(sql, this, rollups) : sql, ...rest];
  }
}

module.exports = { PulseQuery };
