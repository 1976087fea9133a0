import type { Board, Column, Section, TableBlock } from '../../board.ts';
import type { DrillPage } from '../../drill.ts';
import { m } from '../../paraglide/messages.js';
import type { Style } from '../../format.ts';

const blank = { sentence: '', ignored_filters: [] };

/** A metric's own page as sections, so that it is mailed like any other. Its records stay behind the link. */
export function toBoard(page: DrillPage, data_version: number): Board {
  const { title, about, state, locale, currency, timezone, as_of, period, comparison, filters, notices } =
    page;
  const style = { locale, currency };
  const steps = [...page.steps, ...(page.part ? [page.part] : [])];
  const href = `/drill/${page.metric}${state ? `?${state}` : ''}`;
  const sections: Section[] = [
    {
      id: 'head',
      title,
      sentence: about,
      choices: [],
      blocks: [
        {
          block: 'figures',
          id: 'head',
          title,
          ...blank,
          ignored_filters: page.ignored_filters,
          state: page.head.state,
          ...(page.head.error && { error: page.head.error }),
          figures:
            page.head.state === 'ok'
              ? [
                  {
                    ...page.head,
                    id: 'value',
                    metric: page.metric,
                    title,
                    unit: page.unit,
                    direction: page.direction,
                    note: '',
                    href,
                  },
                ]
              : [],
        },
      ],
    },
    {
      id: 'parts',
      title: page.dimensions.find(({ is_chosen }) => is_chosen)?.title ?? title,
      sentence: '',
      choices: [],
      blocks: [
        {
          block: 'chart',
          id: 'parts',
          metric: page.metric,
          href,
          as_of,
          ...page.parts.chart,
          ...blank,
          title,
          state: page.parts.state,
          ...(page.parts.error && { error: page.parts.error }),
        },
        tableOf(page, style),
      ],
    },
  ];
  return {
    ...{ title, lead: about, locale, currency, timezone, as_of, period, comparison, filters, notices, state },
    generated_at: new Date().toISOString(),
    data_version,
    sections,
    switches: steps.map((step, at) => ({
      id: `step-${at}`,
      title: step.title,
      about: '',
      choices: [{ key: step.label, title: step.label, href, is_chosen: true }],
    })),
  };
}

function tableOf({ parts, title, unit, comparison, dimensions }: DrillPage, style: Style): TableBlock {
  const column = (key: string, name: string, kind: Column['kind']): Column => ({
    key,
    title: name,
    about: '',
    kind,
  });
  const columns = [
    column('name', dimensions.find(({ is_chosen }) => is_chosen)?.title ?? '', 'text'),
    column('value', title, unit),
    ...(parts.is_additive ? [column('share', m.drill_share({}, style), 'percent')] : []),
    ...(comparison ? [column('before', m.drill_before({}, style), unit)] : []),
  ];
  const cell = (value: string | number | null, href: string | null = null) => ({
    ...{ value, href, tone: null, share: null, note: '' },
  });
  return {
    block: 'table',
    id: 'parts',
    // the section says what it is cut by
    title: '',
    ...blank,
    state: parts.state,
    ...(parts.error && { error: parts.error }),
    columns,
    rows: parts.rows.map(({ label, value, share, before, href }, at) => ({
      id: String(at),
      address: null,
      cells: [
        cell(label, href),
        cell(value, href),
        ...(parts.is_additive ? [cell(share)] : []),
        ...(comparison ? [cell(before)] : []),
      ],
    })),
    total: null,
    order: null,
    hidden: parts.hidden,
  };
}
