import { colourOf, light as colours, strokeOf } from '../../charts/palette.ts';
import { heightOf } from '../../charts/option.ts';
import { drawSvg } from '../../charts/picture.ts';
import type { Style } from '../../format.ts';
import { formatMoment } from '../../dates.ts';
import type { Series } from '../../page.ts';
import { m } from '../../paraglide/messages.js';
import { family, toPng } from '../reports/message/picture.ts';
import { narrowingOf, periodOf, type Frame } from './frame.ts';
import type { Picture } from './pages.ts';

const width = 800;
const edge = 24;
const zoom = 2;

/** A chart for a slide: what it shows, for when, by which filters and as of when stand in the picture itself. */
export async function drawPicture(chart: Picture, frame: Frame, style: Style): Promise<Buffer> {
  const inner = width - 2 * edge;
  const height = heightOf(chart);
  const lines: string[] = [];
  let y = edge;
  const say = (text: string, size: number, colour: string, weight = 400) => {
    for (const line of wrap(text, Math.floor(inner / (size * 0.57)))) {
      y += Math.round(size * 1.35);
      lines.push(
        `<text x="${edge}" y="${y}" font-size="${size}" font-weight="${weight}" fill="${colour}">${escape(line)}</text>`,
      );
    }
  };
  say(chart.title, 20, colours.text, 600);
  if (chart.sentence) say(chart.sentence, 13, colours.muted);
  const isKeyed = chart.spec.series.length > 1 && chart.spec.kind !== 'scatter';
  if (isKeyed) lines.push(legend(chart.spec.series, (y += 26)));
  y += 14;
  const drawing = { ...style, palette: colours, width: inner, font: family };
  const svg = drawSvg(chart, drawing, height).replace('<svg', `<svg x="${edge}" y="${y}"`);
  y += height + 4;
  const as_of = m.as_of({ moment: formatMoment(frame.as_of.at, style.locale, frame.timezone) }, style);
  const narrowed = narrowingOf(frame).map(([title, text]) => `${title}: ${text}`);
  say([periodOf(frame), ...narrowed, as_of].join(' · '), 12, colours.muted);
  const whole = y + edge;
  return toPng(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${whole}" viewBox="0 0 ${width} ${whole}" font-family="${family}">${svg}${lines.join('')}</svg>`,
    zoom,
    colours.surface,
  );
}

function legend(series: Series[], y: number): string {
  let x = edge;
  return series
    .map(({ title, role }) => {
      const colour = colourOf(role, colours);
      const dash = { solid: '', dashed: ' stroke-dasharray="5 3"', dotted: ' stroke-dasharray="2 3"' };
      const at = x;
      x += 40 + [...title].length * 7.6;
      return `<line x1="${at}" x2="${at + 16}" y1="${y - 4}" y2="${y - 4}" stroke="${colour}" stroke-width="2.5"${dash[strokeOf(role)]}/><text x="${at + 22}" y="${y}" font-size="13" fill="${colours.muted}">${escape(title)}</text>`;
    })
    .join('');
}

/** Whole words as far as a line holds them; at most three lines. */
export function wrap(text: string, perLine: number): string[] {
  const lines: string[] = [];
  let rest = text.replace(/\s+/g, ' ').trim();
  while (rest.length > perLine && lines.length < 2) {
    const space = rest.lastIndexOf(' ', perLine);
    const at = space > perLine / 2 ? space : perLine;
    lines.push(rest.slice(0, at));
    rest = rest.slice(at).trimStart();
  }
  return [...lines, rest.length > perLine ? `${rest.slice(0, perLine - 1)}…` : rest].filter(Boolean);
}

function escape(text: string): string {
  return (
    text
      .toWellFormed()
      // eslint-disable-next-line no-control-regex
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '')
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
  );
}
