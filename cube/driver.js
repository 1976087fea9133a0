'use strict';

const { PostgresDriver } = require('@cubejs-backend/postgres-driver');

/** The number of a question as its asker gave it: Cube adds to it. */
const numberOf = (requestId) => String(requestId ?? '').split('-span-')[0];

/**
 * The connections to the warehouse. Each is set up once, where Cube would for each question; a question is limited in time,
 * and one that nobody waits for any more can be stopped.
 */
class WarehouseDriver extends PostgresDriver {
  #ready = new WeakSet();
  #running = new Map();

  async prepareConnection(connection) {
    if (this.#ready.has(connection)) return;
    await super.prepareConnection(connection);
    this.#ready.add(connection);
  }

  async query(text, values, options) {
    PostgresDriver.checkValuesLimit(values);
    const number = numberOf(options?.requestId);
    return this.withConnection(async (connection) => {
      await this.prepareConnection(connection);
      this.#running.set(number, connection.processID);
      try {
        const types = { getTypeParser: this.getTypeParser };
        return (await connection.query({ text, values: values ?? [], types })).rows;
      } finally {
        this.#running.delete(number);
      }
    });
  }

  /** Ends the statement that works for a question, if one does. */
  async cancel(number) {
    if (!this.#running.has(number)) return;
    await this.withConnection(async (connection) => {
      // Asked again after the wait for a connection: by then the backend may work for somebody else.
      const backend = this.#running.get(number);
      if (backend !== undefined) await connection.query('select pg_cancel_backend($1)', [backend]);
    });
  }
}

const waiting = new Map();

/**
 * Stops what a request has asked for when nobody waits for it any more. Equal questions share one execution, so as long as
 * one of them is open it goes on.
 */
function stopWhenLeft(req, driver) {
  const { res } = req;
  const number = numberOf(req.get?.('x-request-id'));
  if (!res || !number) return;
  const question = `${req.originalUrl} ${JSON.stringify(req.body)}`;
  waiting.set(question, (waiting.get(question) ?? 0) + 1);
  res.once('close', () => {
    const others = waiting.get(question) - 1;
    if (others > 0) waiting.set(question, others);
    else waiting.delete(question);
    if (others === 0 && !res.writableEnded) driver.cancel(number).catch(() => {});
  });
}

module.exports = { WarehouseDriver, stopWhenLeft };
