import * as home from '../home.ts';
import type { HomePage } from '../../page.ts';
import { Problem } from '../../problem.ts';
import { parse } from '../../state.ts';
import type { Viewer } from '../../viewer.ts';
import { env } from '../env.ts';
import { warehouse } from '../warehouse.ts';
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

export type Subject = { page: string; state: string };

/** The page as this viewer sees it now, as a mail. */
export async function make(
  { page, state }: Subject,
  viewer: Viewer,
  sender?: Options['sender'],
): Promise<Mail> {
  if (page !== 'home') throw new ReportProblem(`There is no page "${page}" any more.`, false);
  const { state: asked, dropped } = parse(new URLSearchParams(state));
  const data = await home.load(viewer, asked, dropped).catch((error: unknown) => {
    throw error instanceof Problem ? empty(error.message) : error;
  });
  refuseEmpty(data);
  return render(data, {
    company: await readCompany(),
    baseUrl: env().origin,
    rights: { access: viewer.access, name: viewer.name },
    ...(sender && { sender }),
  });
}

/** A failed tile is said in its place; a page on which nothing could be counted is no report. */
function refuseEmpty({ kpis, charts }: HomePage): void {
  const wanted = [...kpis, ...charts].filter(({ state }) => state !== 'not_connected');
  const [first] = wanted;
  if (first && wanted.every(({ state }) => state === 'failed')) {
    throw empty(first.error ?? '');
  }
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
