import { expect, test } from 'vitest';
import type { ChartBlock } from '#lib/page.ts';
import { illustrate, type Look } from '#lib/server/pictures.ts';

const style = { locale: 'en', currency: 'EUR' } as const;
const look = (isDataRequest: boolean, window = 1440): Look => ({
  isDataRequest,
  locals: { screen: { window, page: window } },
});
const chart = (label: string | null): Pick<ChartBlock, 'spec' | 'rows' | 'svg'> => ({
  spec: {
    kind: 'bar',
    dimension: 'team',
    dimension_title: 'Team',
    series: [{ key: 'value', title: 'Won', unit: 'count', role: 'main' }],
  },
  rows: [{ x: 'a', label: label as string, values: [3], href: null }],
});

test('data that are asked for by themselves list the picture, those of a document do not', () => {
  const asked = illustrate(chart('North'), style, 'whole', look(true));
  expect(JSON.parse(JSON.stringify(asked))).toHaveProperty('svg', expect.stringContaining('North'));
  const document = illustrate(chart('North'), style, 'whole', look(false));
  expect(document.svg).toBe(asked.svg);
  expect(JSON.parse(JSON.stringify(document))).not.toHaveProperty('svg');
});

test('each screen and each place gets its own', () => {
  const width = (place: 'whole' | 'pair', window: number) =>
    /viewBox="0 0 (\d+)/.exec(illustrate(chart('North'), style, place, look(true, window)).svg ?? '')?.[1];
  expect([width('whole', 390), width('whole', 1440), width('pair', 1440)]).toEqual(['328', '1116', '336']);
});

test('what cannot be drawn is empty, and every reader is told', () => {
  const broken = illustrate(chart(null), style, 'whole', look(false));
  expect(JSON.parse(JSON.stringify(broken))).toHaveProperty('svg', '');
});
