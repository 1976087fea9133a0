import type { Board } from '../../board.ts';
import { boardPages, type BoardPage } from '../../exports.ts';
import { definitionOf } from '../../metrics.ts';
import type { HomePage, IncidentBlock } from '../../page.ts';
import { Problem } from '../../problem.ts';
import { parse, type Dropped, type State } from '../../state.ts';
import type { Viewer } from '../../viewer.ts';
import { dataVersion, steadily } from '../cube.ts';
import * as drill from '../drill.ts';
import { env } from '../env.ts';
import { boards } from '../exports/pages.ts';
import { read as readFreshness } from '../freshness.ts';
import * as home from '../home.ts';
import * as incidents from '../incidents.ts';
import { warehouse } from '../warehouse.ts';
import { renderBoard } from './board.ts';
import { toBoard } from './drill.ts';
import { render, type Mail, type Options } from './render.ts';

/** A report that cannot be made: `isPassing` when a later try may succeed. */
export class ReportProblem extends Error {
  override name = 'ReportProblem';
  readonly isPassing: boolean;

  constructor(message: string, isPassing: boolean) {
    super(message);
    this.isPassing = isPassing;
  }
}

/** `page` is its own name, as in `pageOf`: `home`, `sales`, `drill/sales.won_amount`. */
export type Subject = { page: string; state: string };

export type Loaded =
  { page: string; home: HomePage } | { page: string; board: Board; incidents: IncidentBlock };

/** The page as this viewer sees it now, as a mail. */
export async function make(subject: Subject, viewer: Viewer, sender?: Options['sender']): Promise<Mail> {
  return write(await load(subject, viewer), viewer, { ...(sender && { sender }) });
}

/**
 * What the page shows this viewer now.
 * @throws ReportProblem when there is no such page, or nothing on it could be counted
 */
export async function load({ page, state }: Subject, viewer: Viewer): Promise<Loaded> {
  const loaded = await steadily(() => read(page, state, viewer)).catch((error: unknown) => {
    throw error instanceof Problem ? empty(error.message) : error;
  });
  if (!loaded) throw new ReportProblem(`There is no page "${page}" any more.`, false);
  if (page === 'explore') refuseLost(parse(new URLSearchParams(state)).state.pick.show);
  refuseEmpty(loaded);
  return loaded;
}

async function read(page: string, query: string, viewer: Viewer): Promise<Loaded | null> {
  const { state, dropped } = parse(new URLSearchParams(query));
  if (page === 'home') return { page, home: await home.load(viewer, state, dropped) };
  const board = await readBoard(page, viewer, state, dropped);
  if (!board) return null;
  const { locale, currency, timezone } = board;
  const scope = { viewer, style: { locale, currency }, timezone, freshness: await readFreshness() };
  return { page, board, incidents: await incidents.block(scope, page, state) };
}

async function readBoard(
  page: string,
  viewer: Viewer,
  state: State,
  dropped: Dropped[],
): Promise<Board | null> {
  const [, metric] = /^drill\/(.+)$/.exec(page) ?? [];
  if (metric) {
    const [found, version] = await Promise.all([drill.load(viewer, metric, state, dropped), dataVersion()]);
    return found && toBoard(found, version);
  }
  const known: BoardPage | undefined = boardPages.find((one) => one === page);
  return known ? boards[known](viewer, state, dropped) : null;
}

export async function write(
  loaded: Loaded,
  viewer: Viewer,
  more: Pick<Options, 'sender' | 'notes'>,
): Promise<Mail> {
  const options: Options = {
    company: await readCompany(),
    baseUrl: env().origin,
    rights: { access: viewer.access, name: await nameRows(viewer) },
    ...more,
  };
  return 'home' in loaded
    ? render(loaded.home, options)
    : renderBoard(loaded.board, loaded.incidents, loaded.page, options);
}

const mostNames = 4;

/** Names of the teams or people whose rows these are: equal rights, which share a mail, have equal names. */
async function nameRows({ access, team_keys, employee_keys, name }: Viewer): Promise<string> {
  if (access === 'company') return '';
  const [table, column, keys] =
    access === 'team'
      ? (['core.dim_teams', 'team_key', team_keys] as const)
      : (['core.employees', 'employee_key', employee_keys] as const);
  const rows = await warehouse()(table)
    .distinct<{ name: string }[]>('name')
    .whereIn(column, keys)
    .orderBy('name');
  const names = rows.map((row) => row.name);
  const more = names.length > mostNames ? ` +${names.length - mostNames}` : '';
  return names.length ? `${names.slice(0, mostNames).join(', ')}${more}` : name;
}

/** A question of which a metric is gone is another question. The page has read the catalogue by now. */
function refuseLost(asked: string[]): void {
  const lost = asked.filter((name) => definitionOf(name) === null);
  if (lost.length)
    throw new ReportProblem(`The view asks for what there is no more: ${lost.join(', ')}.`, false);
}

/** A failed tile is said in its place; a page on which nothing could be counted is no report. */
function refuseEmpty(loaded: Loaded): void {
  const all =
    'home' in loaded
      ? [...loaded.home.kpis, ...loaded.home.charts]
      : loaded.board.sections.flatMap(({ blocks }) => blocks);
  const wanted = all.filter(({ state }) => state !== 'not_connected');
  const [first] = wanted;
  if (first && wanted.every(({ state }) => state === 'failed')) throw empty(first.error ?? '');
}

function empty(why: string): ReportProblem {
  return new ReportProblem(`None of the figures could be counted: ${why}`, true);
}

/** What the company calls itself. */
export async function readCompany(): Promise<string> {
  const row = await warehouse()<{ key: string; value: unknown }>('core.settings')
    .first('value')
    .where({ key: 'company' });
  return typeof row?.value === 'string' && row.value !== '' ? row.value : 'Pulse';
}
