import type { Board, Section } from '../board.ts';
import { m } from '../paraglide/messages.js';
import type { Dropped, State } from '../state.ts';
import type { Viewer } from '../viewer.ts';
import { headOf } from './board.ts';
import * as advice from './marketing/advice.ts';
import * as charts from './marketing/charts.ts';
import * as claims from './marketing/claims.ts';
import * as cohorts from './marketing/cohorts.ts';
import * as figures from './marketing/figures.ts';
import * as judged from './marketing/judged.ts';
import { switches } from './marketing/lens.ts';
import * as mailings from './marketing/mailings.ts';
import * as models from './marketing/models.ts';
import * as tree from './marketing/tree.ts';
import { settle } from './scope.ts';

const metrics = ['marketing.romi', 'mailings.sent'];

/** The page of marketing as this viewer sees it: what to stop, what to scale, and what that is judged by. */
export async function load(viewer: Viewer, state: State, dropped: Dropped[] = []): Promise<Board> {
  const scope = await settle(viewer, state, dropped);
  const { style } = scope;
  const judging = judged.load(scope);
  const [head, outcome, summary, unclaimed, course, returns, campaigns, compared, ages, letters] =
    await Promise.all([
      headOf(scope, { title: m.marketing_title({}, style), lead: m.marketing_lead({}, style) }, metrics),
      judging,
      figures.load(scope),
      claims.sentence(scope),
      charts.course(scope),
      charts.returns(scope),
      tree.load(scope),
      models.load(scope),
      cohorts.load(scope),
      mailings.load(scope),
    ]);
  const advised = await Promise.all(
    (['stop', 'scale', 'rest'] as const).map((kind) => advice.load(scope, kind, outcome)),
  );
  const plain = { sentence: '', choices: [] };
  const sections: Section[] = [
    {
      id: 'summary',
      title: m.marketing_section_summary({}, style),
      sentence: unclaimed,
      choices: [],
      blocks: [summary],
    },
    {
      id: 'advice',
      title: m.marketing_section_advice({}, style),
      sentence: '',
      choices: [],
      blocks: advised,
      note: advice.method(scope, outcome),
    },
    { id: 'course', title: m.marketing_section_course({}, style), ...plain, blocks: [course, returns] },
    {
      id: 'campaigns',
      title: m.marketing_section_campaigns({}, style),
      sentence: '',
      choices: tree.choices(scope),
      blocks: [campaigns],
    },
    {
      id: 'models',
      title: m.marketing_section_models({}, style),
      sentence: '',
      choices: models.choices(scope),
      blocks: [compared],
    },
    {
      id: 'cohorts',
      title: m.marketing_section_cohorts({}, style),
      sentence: '',
      choices: cohorts.choices(scope),
      blocks: [ages],
    },
    { id: 'mailings', title: m.marketing_section_mailings({}, style), ...plain, blocks: [letters] },
  ];
  return { ...head, sections, switches: switches(scope), callout: advice.callout(scope, outcome) };
}
