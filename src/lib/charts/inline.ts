import type { EChartsType } from 'echarts/core';
import type { Style } from '../format.ts';
import { heightOf } from './option.ts';
import { themed } from './palette.ts';
import { draw, type Drawn } from './picture.ts';

/**
 * The chart as a part of a page: an SVG of the given width that takes font and colours from the page, with a region
 * over each row, which is a link where the row leads anywhere. So it is seen, read and followed before any script.
 */
export function drawInline(block: Drawn, style: Style, width: number): string {
  const height = heightOf(block);
  // the font is the page's own; its name only says that widths are those of measure.ts
  const drawing = { ...style, palette: themed, width, font: 'Inter' };
  return draw(block, drawing, height, (chart) =>
    tidy(chart.renderToSVGString()).replace(/<\/svg>\s*$/, `${regionsOf(block, chart, width, height)}</svg>`),
  );
}

/**
 * ECharts' SVG without what a page refuses (styles in attributes and elements), without names that two charts of a
 * page might share (clips, of which none cuts anything, since each axis holds all its values), and without what only
 * ECharts itself reads. Texts are left as they are: what looks like a tag in them is escaped.
 */
export function tidy(svg: string): string {
  return svg
    .replace(/<style[^>]*>[^]*?<\/style>|<defs[^>]*>[^]*?<\/defs>/g, '')
    .replace(/<(?:rect|path)(?![^>]* stroke=)[^>]* fill="none"[^>]*><\/(?:rect|path)>/g, '')
    .replace(/<[a-z][^>]*>/g, (tag) =>
      tag
        .replace(
          / (?:class|clip-path|pointer-events|ecmeta_\w+|xml:space|xmlns:xlink|version|baseProfile)="[^"]*"/g,
          '',
        )
        .replace(/ stroke="[^"]*" stroke-width="0"/, '')
        .replace(/ style="([^"]*)"/, (_, rules: string) => attributesOf(rules))
        .replace(/ transform="[^"]*"/, (text) => text.replace(/(\.\d)\d+/g, '$1'))
        .replace(/^<svg /, '<svg aria-hidden="true" '),
    )
    .replace(/\n/g, '');
}

function attributesOf(rules: string): string {
  const kept = rules.matchAll(/(font-size|font-weight):\s*([\w.]+)/g);
  return [...kept].map(([, name, value]) => ` ${name}="${value}"`).join('');
}

type Region = { shape: string; href: string | null; row: number };

function regionsOf(block: Drawn, chart: EChartsType, width: number, height: number): string {
  return block.rows
    .map((row, at): Region => ({ shape: shapeOf(block, at, chart, width, height), href: row.href, row: at }))
    .filter(({ shape }) => shape)
    .map(({ shape, href, row }) =>
      href
        ? `<a data-row="${row}" href="${escape(href)}" tabindex="-1">${shape}</a>`
        : `<g data-row="${row}">${shape}</g>`,
    )
    .join('');
}

function shapeOf(
  { spec, rows }: Drawn,
  at: number,
  chart: EChartsType,
  width: number,
  height: number,
): string {
  if (spec.kind === 'scatter') {
    const [across, up] = rows[at]?.values ?? [];
    if (across == null || up == null) return '';
    const [x, y] = chart.convertToPixel({ gridIndex: 0 }, [across, up]).map(round);
    return `<circle cx="${x}" cy="${y}" r="14"/>`;
  }
  const isCourse = 'grain' in spec;
  const axis = isCourse ? { xAxisIndex: 0 } : { yAxisIndex: 0 };
  const length = isCourse ? width : height;
  const middle = chart.convertToPixel(axis, at);
  const step =
    rows.length > 1 ? Math.abs(chart.convertToPixel(axis, 1) - chart.convertToPixel(axis, 0)) : length;
  const from = Math.max(0, round(middle - step / 2));
  const size = round(Math.min(length, middle + step / 2) - from);
  if (!isCourse) return `<rect x="0" y="${from}" width="${width}" height="${size}" rx="4"/>`;
  const band = `<rect x="${from}" y="0" width="${size}" height="${height}"/>`;
  return spec.kind === 'line' ? `${band}<path d="M${round(middle)} 4V${height - 22}"/>` : band;
}

const round = (value: number): number => Math.round(value * 10) / 10;

function escape(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('"', '&quot;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
}
