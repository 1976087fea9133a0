import { createHash } from 'node:crypto';
import type { Condition, Occasion } from '../../schedules.ts';
import { definitionOf } from '../../metrics.ts';
import { parse } from '../../state.ts';
import type { Viewer } from '../../viewer.ts';
import * as drill from '../drill.ts';
import { read as readIncidents } from '../incidents/kept.ts';
import { warehouse } from '../warehouse.ts';
import { ReportProblem, type Loaded, type Subject } from './report.ts';

export type Asked = Subject & { send_when?: Occasion; condition?: Condition | null };

/** Whether this is an occasion to write to this reader; null when it is, else why not, as a sentence. */
export async function refuse(
  { send_when = 'always', condition, state }: Asked,
  viewer: Viewer,
  loaded: Loaded,
) {
  if (send_when === 'data') return hasData(loaded) ? null : 'There are no data for it.';
  if (send_when === 'incident') {
    return (await isAlarming(loaded, viewer)) ? null : 'No incident is open.';
  }
  return send_when === 'metric' && condition ? judge(condition, state, viewer) : null;
}

/** Whether something is wrong of what the page shows, or with the sources of all pages. */
async function isAlarming(loaded: Loaded, viewer: Viewer): Promise<boolean> {
  const open = await readIncidents(viewer, `i.state <> 'resolved'`);
  if ('home' in loaded) return open.length > 0;
  const { state, error, total } = loaded.incidents;
  if (state === 'failed') throw new ReportProblem(`The condition cannot be counted: ${error ?? ''}`, true);
  return total > 0 || open.some(({ area }) => area === 'data');
}

async function judge({ metric, operator, value }: Condition, query: string, viewer: Viewer) {
  const { state } = parse(new URLSearchParams(query));
  const found = await drill.load(viewer, metric, { ...state, by: null, part: null, within: [], page: 1 });
  if (!found)
    throw new ReportProblem(`The condition names the metric ${metric}, which there is no more.`, false);
  if (found.head.state === 'failed')
    throw new ReportProblem(`The condition cannot be counted: ${found.head.error ?? ''}`, true);
  const now = found.head.value;
  if (now === null) return `${found.title} has no value, so the condition does not hold.`;
  const holds = operator === 'above' ? now > value : now < value;
  return holds ? null : `${found.title} is ${now}, not ${operator} ${value}.`;
}

/** Whether the period of the page has any figures; a page that is mostly of now has what it shows now. */
export function hasData(loaded: Loaded): boolean {
  const isFigure = ({ value }: { value: unknown }) => typeof value === 'number' && value !== 0;
  if ('home' in loaded) return loaded.home.kpis.some(isFigure);
  const blocks = loaded.board.sections
    .flatMap((section) => section.blocks)
    .filter(({ state }) => state === 'ok');
  const figures = blocks.flatMap((block) => (block.block === 'figures' ? block.figures : []));
  const dated = figures.filter(({ metric }) => definitionOf(metric)?.time !== null);
  // What stands in tables may be of now, or a plan for later.
  if (dated.length > 0 && dated.length * 2 >= figures.length) return dated.some(isFigure);
  return (
    figures.some(isFigure) ||
    blocks.some((block) => {
      if (block.block === 'chart') return block.rows.some(({ values }) => values.some((value) => value));
      return block.block === 'table' && block.rows.some(({ cells }) => cells.some(isFigure));
    })
  );
}

/** What passes by itself says nothing about the figures. */
const passing = new Set([
  'generated_at',
  'data_version',
  'as_of',
  'checked_at',
  'incidents',
  'notices',
  'locale',
]);

/** Equal for equal figures, whenever they were asked for. */
export function fingerprint(loaded: Loaded): string {
  const text = JSON.stringify(loaded, (key, value: unknown) => (passing.has(key) ? undefined : value));
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}

/** Whether the last mail of this report to this address had the very same figures. */
export async function isSame(schedule: string, recipient: string, mark: string): Promise<boolean> {
  const last = await warehouse()<{ fingerprint: string | null }>('app.deliveries')
    .first('fingerprint')
    .where({ schedule_id: schedule, recipient, status: 'sent' } as object)
    .orderBy('run_at', 'desc');
  return last?.fingerprint === mark;
}
