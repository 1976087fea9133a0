import type { Board, Section } from '../board.ts';
import { m } from '../paraglide/messages.js';
import type { Dropped, State } from '../state.ts';
import type { Viewer } from '../viewer.ts';
import { headOf } from './board.ts';
import { settle } from './scope.ts';
import * as churn from './service/churn.ts';
import * as course from './service/course.ts';
import * as figures from './service/figures.ts';
import * as findings from './service/findings.ts';
import * as nps from './service/nps.ts';
import * as parts from './service/parts.ts';
import * as waiting from './service/waiting.ts';

const metrics = ['service.complaints', 'nps.nps'];

/** The page of service as this viewer sees it: what customers complain about, where it waits, and what they say of us. */
export async function load(viewer: Viewer, state: State, dropped: Dropped[] = []): Promise<Board> {
  const scope = await settle(viewer, state, dropped);
  const { style } = scope;
  const [head, found, summary, cut, age, queue, came, solved, scored, scores, trend, said, left] =
    await Promise.all([
      headOf(scope, { title: m.service_title({}, style), lead: m.service_lead({}, style) }, metrics),
      findings.load(scope),
      figures.load(scope),
      parts.load(scope),
      parts.age(scope),
      waiting.load(scope),
      course.complaints(scope),
      course.resolution(scope),
      nps.figures(scope),
      nps.distribution(scope),
      course.score(scope),
      nps.comments(scope),
      churn.load(scope),
    ]);
  const section = (id: string, title: string, ...blocks: Section['blocks']): Section => ({
    id,
    title,
    sentence: '',
    choices: [],
    blocks,
  });
  const sections = [
    section('summary', m.service_section_summary({}, style), found, summary),
    { ...section('parts', m.service_section_parts({}, style), cut), choices: parts.choices(scope) },
    section('waiting', m.service_section_waiting({}, style), age, queue),
    section('course', m.service_section_course({}, style), came, solved),
    section('nps', m.service_section_nps({}, style), scored, scores, trend, said),
    section('churn', m.service_section_churn({}, style), left),
  ];
  return { ...head, sections };
}
