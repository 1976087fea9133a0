import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { drawInline, tidy } from '#lib/charts/inline.ts';
import { light, themed } from '#lib/charts/palette.ts';
import type { ChartRow, ChartSpec, Series } from '#lib/page.ts';

const style = { locale: 'ru', currency: 'RUB' } as const;
const series: Series[] = [
  { key: 'value', title: 'Now', unit: 'count', role: 'main' },
  { key: 'before', title: 'Before', unit: 'count', role: 'comparison' },
];
const by = { dimension: 'owner', dimension_title: 'Owner', series };
const specs: ChartSpec[] = [
  { kind: 'line', grain: 'day', series },
  { kind: 'line', grain: 'day', series: series.map((one, hue) => ({ ...one, role: 'main', hue })) },
  { kind: 'column', grain: 'month', series },
  { kind: 'bar', ...by, is_signed: true, band: { from: 1, to: 2, title: 'Well' } },
  { kind: 'funnel', ...by, series: [series[0]!, { ...series[1]!, role: 'plan' }] },
  { kind: 'scatter', ...by },
];
const rows: ChartRow[] = [
  { x: 'a', label: 'A', values: [12, 7], href: '/drill/a?part=%22&by="owner"' },
  { x: 'b', label: 'B', values: [null, 3], href: null },
  { x: 'c', label: 'C', values: [-3.5, 4], href: '/drill/c' },
];

describe.each(specs)('$kind', (spec) => {
  const svg = drawInline({ spec, rows }, style, 600);

  test('holds nothing that the policy of a page refuses or that two charts would share', () => {
    expect(svg).not.toMatch(/<style|<script| style=| class=| id=|url\(|ecmeta_/);
    expect(svg.match(/<svg/g)).toHaveLength(1);
  });

  test('takes its colours from the page', () => {
    expect(svg).toMatch(/var\(--(chart-|hue-)/);
    expect(svg).not.toMatch(/"(#|rgb)/);
  });

  test('has a region for each row that has a place, a link where the row leads anywhere', () => {
    const regions = [...svg.matchAll(/<(a|g) data-row="(\d)"/g)].map(([, tag, row]) => tag! + row!);
    expect(regions).toEqual(spec.kind === 'scatter' ? ['a0', 'a2'] : ['a0', 'g1', 'a2']);
    expect(svg).toContain('href="/drill/a?part=%22&amp;by=&quot;owner&quot;" tabindex="-1"');
  });
});

test('regions lie side by side from edge to edge', () => {
  const bars = drawInline({ spec: specs[3]!, rows }, style, 600);
  const found = [...bars.matchAll(/<rect x="0" y="([\d.]+)" width="600" height="([\d.]+)"/g)];
  const edges = found.map(([, y, height]) => [Number(y), Number(y) + Number(height)]);
  expect(edges).toHaveLength(3);
  expect(edges[1]![0]).toBeCloseTo(edges[0]![1]!, 0);
  expect(edges[2]![0]).toBeCloseTo(edges[1]![1]!, 0);
});

test.each(specs)('a hostile name stays text: $kind', (spec) => {
  const label = `</text><script>alert(1)</script>" onload="x"\nid="1.23456`;
  const hostile = rows.map((row) => ({ ...row, label, href: `/x?"><script>` }));
  const svg = drawInline({ spec, rows: hostile }, { ...style, currency: '<b>' }, 1200);
  expect(svg).not.toMatch(/<script|<b>/);
  const tags = [...svg.matchAll(/<\/?([a-z]+)/g)].map(([, name]) => name);
  expect(['svg', 'g', 'a', 'text', 'path', 'polygon', 'rect', 'circle']).toEqual(
    expect.arrayContaining([...new Set(tags)]),
  );
});

test('only marks are rounded, never what is said', () => {
  const said =
    '<text transform="translate(1.2345 2)" style="font-size:12px;font-family:Inter">1.2345 style="x"</text>';
  expect(tidy(said)).toBe('<text transform="translate(1.2 2)" font-size="12px">1.2345 style="x"</text>');
});

test('the names of colours are those of the style sheet, light as in mails', () => {
  const css = readFileSync('src/lib/styles/tokens.css', 'utf8');
  const bare = (colour: string) => colour.replace(/^rgba?\((\d+),? (\d+),? (\d+)[^)]*\)$/, '$1 $2 $3');
  const lightOf = (name: string) => {
    const value = new RegExp(`${name}: light-dark\\((rgb\\([^)]*\\)|[^,]+),`).exec(css)?.[1];
    return value && bare(value);
  };
  const flat = (palette: typeof light) => Object.values(palette).flat();
  expect(flat(themed).map((colour) => lightOf(/--[\w-]+/.exec(colour)?.[0] ?? ''))).toEqual(
    flat(light).map(bare),
  );
});
