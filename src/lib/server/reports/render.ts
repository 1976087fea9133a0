import type { Style } from '../../format.ts';
import type { Head } from '../../board.ts';
import type { ChartBlock, HomePage } from '../../page.ts';
import { m } from '../../paraglide/messages.js';
import type { Access } from '../../viewer.ts';
import { log } from '../log.ts';
import { chart } from './message/chart.ts';
import { incidentRows } from './message/incidents.ts';
import { close } from './message/fit.ts';
import { insight, tellInsights } from './message/insight.ts';
import { tile, tiles } from './message/kpi.ts';
import { linkTo, pageAddress } from './message/link.ts';
import { drawChart, drawSpark } from './message/picture.ts';
import { writeSubject } from './message/subject.ts';
import { isShown, writeText } from './message/text.ts';
import {
  describeAsOf,
  describeFilters,
  describeLate,
  describePeriod,
  failedTitles,
} from './message/words.ts';

export type Options = {
  company: string;
  /** the address people type to reach the product; without it the mail has no links */
  baseUrl: string | null;
  /** whose rows these are, when they are not all */
  rights?: { access: Access; name: string };
  /** who sends it, and the schedule that does */
  sender?: { owner: string; schedule: string | null };
  /** what else the reader has to know before the figures, as sentences */
  notes?: string[];
};

export type Attachment = { cid: string; filename: string; content: Buffer };
/** A place in both texts where each recipient gets a signed address of their own to the file of the claim. */
export type FileLink = { mark: string; claim: string[] };
/** Carried as a file rather than shown. */
export type Enclosure = { filename: string; contentType: string; content: Buffer };
export type Mail = {
  subject: string;
  html: string;
  text: string;
  attachments: Attachment[];
  enclosures?: Enclosure[];
  /** files that are too large to carry */
  links?: FileLink[];
  /** some part of the page could not be counted */
  isIncomplete: boolean;
  /** equal for equal figures */
  fingerprint?: string;
};

/** The first page as a letter. It formats what the page holds and counts nothing of its own. */
export async function render(page: HomePage, options: Options): Promise<Mail> {
  const style: Style = { locale: page.locale, currency: page.currency };
  const kpis = page.kpis.filter(isShown);
  const charts = page.charts.filter(isShown);
  const [sparks, pictures] = await Promise.all([
    Promise.all(
      kpis.map(({ id, state, spark }) =>
        draw(id, state === 'ok' && hasCourse(spark), () => drawSpark(spark)),
      ),
    ),
    drawAll(charts, style),
  ]);
  const link = linkTo(options.baseUrl);
  const failed = failedTitles(page);
  const words = describe(page, failed, options, 'home');
  const subject = writeSubject(page, options.company, failed.length > 0, style);
  const first = incidentRows(page.incidents, style, link);
  const parts = [
    tiles(kpis.map((kpi, at) => tile(kpi, style, link, sparks[at]?.cid ?? null))),
    ...tellInsights(page, style).map((one) => insight(one, page.state, style, link)),
    ...charts.map((block, at) => chart(block, style, link, pictures[at]?.cid ?? null)),
  ];
  return close({
    frame: { ...words, ...options, subject, first, page, style },
    parts,
    text: writeText({ page, style, ...plain(words, options, page, style) }),
    pictures: [...sparks, ...pictures],
    isIncomplete: failed.length > 0,
  });
}

/** Head, alerts and foot for those who read no HTML. */
export function plain(
  { head, alerts, foot, address }: Words,
  { company }: Options,
  { title }: { title: string },
  style: Style,
) {
  return {
    head: [`${company}. ${title}`, ...head],
    alerts,
    foot: [...(address ? [m.mail_open_here({ address }, style)] : []), ...foot],
  };
}

type About = Omit<Head, 'lead' | 'data_version'>;
export type Words = ReturnType<typeof describe>;

/** What frames the figures of any page: of when and what they are, what is amiss, who sends them. */
export function describe(
  page: About,
  failed: string[],
  { baseUrl, rights, sender, notes = [] }: Options,
  name: string,
) {
  const style: Style = { locale: page.locale, currency: page.currency };
  const period = describePeriod(page);
  const filters = describeFilters(page);
  const late = describeLate(page);
  const scope = { team: m.mail_scope_team, own: m.mail_scope_own };
  return {
    address: pageAddress(baseUrl, page.state, name),
    head: [
      period.days ? `${period.name}: ${period.days}` : period.name,
      ...(page.comparison ? [m.mail_compared({ period: page.comparison.label }, style)] : []),
      ...(filters ? [m.mail_filters({ filters }, style)] : []),
      ...(rights && rights.access !== 'company' ? [scope[rights.access]({ name: rights.name }, style)] : []),
      describeAsOf(page),
    ],
    alerts: [
      ...(failed.length > 0 ? [m.mail_incomplete({ titles: failed.join(', ') }, style)] : []),
      ...(late ? [late] : []),
      ...notes,
      ...page.notices.map(({ text }) => text),
    ],
    foot: [
      ...('not_connected' in page ? notConnected(page as HomePage, style) : []),
      m.mail_numbers({}, style),
      ...(sender?.schedule ? [m.mail_why({ owner: sender.owner, title: sender.schedule }, style)] : []),
      ...(sender && !sender.schedule ? [m.mail_sent_by({ owner: sender.owner }, style)] : []),
    ],
  };
}

function notConnected({ not_connected }: HomePage, style: Style): string[] {
  return not_connected.map(
    ({ title, needs }) => `${title}: ${m.state_not_connected({}, style).toLowerCase()}. ${needs}`,
  );
}

const hasCourse = (spark: { value: number | null }[]) =>
  spark.filter(({ value }) => value !== null).length > 1;
const hasFigures = ({ rows }: { rows: { values: (number | null)[] }[] }) =>
  rows.some(({ values }) => typeof values[0] === 'number');

export function drawAll(charts: ChartBlock[], style: Style): Promise<(Attachment | null)[]> {
  return Promise.all(
    charts.map((block) =>
      draw(block.id, block.state === 'ok' && hasFigures(block), () => drawChart(block, style)),
    ),
  );
}

/** A picture that cannot be drawn is left out: its figures stand beside it in words. */
async function draw(id: string, isWanted: boolean, work: () => Promise<Buffer>): Promise<Attachment | null> {
  if (!isWanted) return null;
  const name = id.replace(/[^\w-]+/g, '_');
  try {
    return { cid: `${name}@pulse`, filename: `${name}.png`, content: await work() };
  } catch (error) {
    log.error({ err: error, id }, 'A picture of a report cannot be drawn');
    return null;
  }
}
