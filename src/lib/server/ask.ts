import cube, { RequestError, type ResultSet } from '@cubejs-client/core';
import { describe, type Catalogue, type RawMeta } from '../catalogue.ts';
import { Problem } from '../problem.ts';
import { correct } from '../suggest.ts';
import { readResult, type RawResult, type Result } from './result.ts';

/** As long as anybody waits for a figure, in milliseconds. */
export const patience = 60_000;

/** A question that Cube does not understand: whoever wrote it has to change it. */
export class WrongQuery extends Error {
  override name = 'WrongQuery';
}

export type Question = { cubeUrl: string; token: string; query: object; signal?: AbortSignal };

/**
 * Asks Cube once, polling while it works. `cubeUrl` is the address of its API (`…/cubejs-api`). When `signal` ends it, Cube
 * stops too.
 * @throws Problem `figures_slow`, `figures_unavailable`, `figures_refused` or `figures_preparing`; WrongQuery
 */
export async function ask({ cubeUrl, token, query, signal: left }: Question): Promise<Result> {
  const late = AbortSignal.timeout(patience);
  const signal = left ? AbortSignal.any([left, late]) : late;
  // A connection that Cube closes in the very moment in which it is used again is no reason to leave a figure out.
  const api = cube(token, { apiUrl: `${cubeUrl}/v1`, method: 'POST', networkErrorRetries: 1, signal });
  try {
    return read(await api.load(query, { castNumerics: false }));
  } catch (error) {
    throw await correctly(explain(error, signal), { cubeUrl, token, query });
  }
}

export type Address = Pick<Question, 'cubeUrl' | 'token'>;

/** What every member means, in the model's own words. @throws Problem as `ask` */
export async function askCatalogue({ cubeUrl, token }: Address): Promise<Catalogue> {
  const signal = AbortSignal.timeout(patience);
  const api = cube(token, { apiUrl: `${cubeUrl}/v1`, networkErrorRetries: 0, signal });
  try {
    return describe((await api.meta()).meta as unknown as RawMeta);
  } catch (error) {
    throw explain(error, signal);
  }
}

/** The SQL that a query becomes, with its values, and the rollups that answer it. @throws Problem as `ask` */
export async function askSql({ cubeUrl, token, query }: Question): Promise<Sql> {
  const signal = AbortSignal.timeout(patience);
  const api = cube(token, { apiUrl: `${cubeUrl}/v1`, method: 'POST', networkErrorRetries: 0, signal });
  try {
    const answer = (await api.sql(query)).rawQuery() as unknown as { sql: [string, unknown[]] };
    const [text, values] = answer.sql;
    const rollups = [...text.matchAll(/rollup\."(\w+)"/g)].map(([, name]) => `rollup.${name}`);
    return { text, values, rollups: [...new Set(rollups)] };
  } catch (error) {
    throw await correctly(explain(error, signal), { cubeUrl, token, query });
  }
}

export type Sql = { text: string; values: unknown[]; rollups: string[] };

/** A name that does not exist is answered with those that come near. */
async function correctly(error: Error, question: Question): Promise<Error> {
  if (!(error instanceof WrongQuery)) return error;
  const catalogue = await askCatalogue(question).catch(() => null);
  const sentence = catalogue && correct(question.query, catalogue);
  return sentence ? new WrongQuery(sentence, { cause: error }) : error;
}

/** A comparison of date ranges answers with one result per range: their rows follow each other. */
function read(answer: ResultSet): Result {
  const { results } = answer.serialize().loadResponse as unknown as { results: RawResult[] };
  const parts = results.map(readResult);
  return { rows: parts.flatMap(({ rows }) => rows), total: parts[0]?.total ?? null };
}

function explain(cause: unknown, signal: AbortSignal): Error {
  if (signal.aborted) return new Problem('figures_slow', 'Cube did not answer in time', { cause });
  if (!(cause instanceof RequestError)) return cause as Error;
  const { status } = cause;
  const said = String(cause.response?.error ?? cause.message).replace(/^((User)?Error: )+/, '');
  if (!status) return new Problem('figures_unavailable', 'Cube cannot be reached', { cause });
  if (status === 401 || status === 403)
    return new Problem('figures_refused', `Cube refuses: ${said}`, { cause });
  if (/No pre-aggregation partitions were built yet/i.test(said)) {
    return new Problem('figures_preparing', `Cube is not ready: ${said}`, { cause });
  }
  // of PostgreSQL, or of Cube's queue, which looks at the same clock
  if (/(statement|execution) timeout/i.test(said))
    return new Problem('figures_slow', `Cube: ${said}`, { cause });
  if (status === 502 || status === 503) return new Problem('figures_unavailable', `Cube: ${said}`, { cause });
  if (/Can't find join path/i.test(said))
    return new WrongQuery('A question is about one view: ask each view by itself.', { cause });
  if (status === 400) return new WrongQuery(`Cube does not understand the query: ${said}`, { cause });
  return new Error(`Cube answered ${status}: ${said}`, { cause });
}
