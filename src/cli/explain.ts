import pg from 'pg';
import { lacks, type Catalogue, type Definition, type Member } from '../lib/catalogue.ts';
import { ask, askCatalogue, askSql, type Question, type Sql } from '../lib/server/ask.ts';
import type { Rights } from '../lib/server/token.ts';
import { operator } from '../lib/viewer.ts';

type Source = { source: string; fresh_at: string | null };

export type Explained = Member & {
  kind: 'measure' | 'dimension';
  definition: Definition | null;
  /** sources that bring its entities; without entities none */
  sources: Source[];
  /** entities that have to be connected first */
  needs: string[];
};

export type Explanation = {
  query: object;
  /** whose rows: all, those of teams, or those of employees, by their keys */
  rights: Rights;
  members: Explained[];
  sql: Sql;
  rows: number;
  milliseconds: number;
};

/** What a query means and how it is answered. @throws WrongQuery, Problem */
export async function explain(
  question: Question,
  warehouse: string,
  { access, team_keys, employee_keys }: Rights = operator,
): Promise<Explanation> {
  const [catalogue, sql, known] = await Promise.all([
    askCatalogue(question),
    askSql(question),
    readKnown(warehouse),
  ]);
  const started = performance.now();
  const { rows } = await ask(question);
  return {
    query: question.query,
    rights: { access, team_keys, employee_keys },
    members: namesIn(question.query).flatMap((name) => explainMember(name, catalogue, known)),
    sql,
    rows: rows.length,
    milliseconds: Math.round(performance.now() - started),
  };
}

/** Every member of a query once, where it stands first. */
function namesIn(query: object): string[] {
  const found = JSON.stringify(query).match(/"[a-z_]+\.[a-z_]+(\.[a-z]+)?"/g) ?? [];
  return [...new Set(found.map((name) => name.slice(1, -1).split('.').slice(0, 2).join('.')))];
}

type Known = {
  connected: string[];
  sources: { source: string; entities: string[]; fresh_at: Date | null }[];
};

function explainMember(name: string, { metrics, dimensions }: Catalogue, known: Known): Explained[] {
  const definition = metrics.get(name) ?? null;
  const member = definition ?? dimensions.get(name);
  if (!member) return [];
  const entities = definition?.sources ?? [];
  const missing = entities.filter((entity) => !known.connected.includes(entity));
  return [
    {
      name,
      title: member.title,
      about: member.about,
      kind: definition ? 'measure' : 'dimension',
      definition,
      sources: known.sources
        .filter((one) => one.entities.some((entity) => entities.includes(entity)))
        .map(({ source, fresh_at }) => ({ source, fresh_at: fresh_at?.toISOString() ?? null })),
      needs: definition ? lacks(definition, missing) : [],
    },
  ];
}

async function readKnown(warehouse: string): Promise<Known> {
  const client = new pg.Client({ connectionString: warehouse });
  await client.connect();
  try {
    const { rows: sources } = await client.query<Known['sources'][number]>(
      'select source, entities, fresh_at from ops.sources order by source',
    );
    const { rows } = await client.query<{ connected: string[] }>('select core.connected() as connected');
    return { connected: rows[0]?.connected ?? [], sources };
  } finally {
    await client.end();
  }
}

/** The explanation for people, in English as all commands speak. */
export function print({ members, query, rights, sql, rows, milliseconds }: Explanation): string {
  const { filters, timezone = 'UTC' } = query as { filters?: unknown; timezone?: string };
  const lines = members.flatMap(printMember);
  return [
    ...lines,
    'Filters    ' + (filters ? JSON.stringify(filters) : 'none of the query'),
    `Rights     ${rightsOf(rights)}`,
    `Time zone  ${timezone}`,
    `Rollup     ${sql.rollups.length ? sql.rollups.join(', ') : 'none: counted from the records'}`,
    `Answer     ${rows} ${rows === 1 ? 'row' : 'rows'} in ${milliseconds} ms`,
    '',
    sql.text.trim(),
    ...(sql.values.length
      ? ['', ...sql.values.map((value, index) => `$${index + 1} = ${String(value)}`)]
      : []),
    '',
  ].join('\n');
}

/** The condition itself stands in the SQL, which is shown too. */
function rightsOf({ access, team_keys, employee_keys }: Rights): string {
  if (access === 'company') return 'every row of the company; SQL below has no condition of rights';
  if (access === 'team') return `rows of the teams ${team_keys.join(', ') || 'of nobody'}`;
  return `rows of the employees ${employee_keys.join(', ') || 'of nobody'}`;
}

function printMember({ name, title, about, kind, definition, sources, needs }: Explained): string[] {
  const head = [`${name}  ${title.en} · ${title.ru}`, `  ${about.en}`, `  ${about.ru}`];
  if (!definition) return [...head, `  ${kind}`, ''];
  const { formula, words, unit, direction, grain, owner, is_additive, time } = definition;
  const from = sources
    .map(({ source, fresh_at }) => `${source} as of ${fresh_at ?? 'never loaded'}`)
    .join(', ');
  return [
    ...head,
    `  = ${formula}: ${words.en}`,
    `  unit ${unit === 'percent' ? 'ratio' : unit} · one row per ${grain.en} · ${direction.replaceAll('_', ' ')} · owner ${owner}` +
      ` · ${is_additive ? 'additive' : 'not additive'} · by ${time ?? 'no time: the state of now'}`,
    definition.sources.length
      ? `  counted from ${definition.sources.join(', ')}: ${from || 'no source brings these'}`
      : '',
    needs.length ? `  not connected: load a source with ${needs.join(', ')}` : '',
    '',
  ].filter((line, index, all) => line !== '' || index === all.length - 1);
}
