import { createRequire } from 'node:module';
import { renderAsync } from '@resvg/resvg-js';
import { heightOf } from '../../../charts/option.ts';
import { drawSvg } from '../../../charts/picture.ts';
import { light } from '../../../charts/palette.ts';
import { sparkOf } from '../../../charts/spark.ts';
import type { Style } from '../../../format.ts';
import type { ChartBlock, SparkPoint } from '../../../page.ts';
import { tellApart } from './names.ts';
import { encode } from './png.ts';

const resolve = createRequire(import.meta.url).resolve;
export const family = 'Inter';

/** From a package, not from the machine: a server without fonts would draw empty boxes for Cyrillic. */
const fontFiles = ['400Regular/Inter_400Regular.ttf', '600SemiBold/Inter_600SemiBold.ttf'].map((file) =>
  resolve(`@expo-google-fonts/inter/${file}`),
);

/** Narrower than the 536 pixels it is shown in, so that figures stay legible when a phone shrinks it. */
export const chartWidth = 440;
const courseHeight = 220;
const zoom = 2;

/** On white, whatever the program's colours: mail programs recolour text but never pictures. */
export function drawChart(block: Pick<ChartBlock, 'spec' | 'rows'>, style: Style): Promise<Buffer> {
  const drawing = { ...style, palette: light, width: chartWidth, font: family };
  const names = tellApart(block.rows.map(({ label }) => label));
  const rows = block.rows.map((row, at) => ({ ...row, label: names[at] ?? row.label }));
  const height = 'grain' in block.spec ? courseHeight : heightOf(block);
  const svg = drawSvg({ ...block, rows }, drawing, height);
  return toPng(svg, zoom, light.surface);
}

export const sparkSize = { width: 252, height: 40 };

/** Without a background, in a blue that is seen on white as well as on black. */
export function drawSpark(points: SparkPoint[]): Promise<Buffer> {
  const { width, height } = sparkSize;
  const { lines, dots, last } = sparkOf(points, width, height, 4);
  const colour = '#4a86e8';
  const marks = last ? [...dots, last] : dots;
  const svg = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">`,
    ...lines.map(
      (path) =>
        `<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="2" stroke-linejoin="round" stroke-linecap="round"/>`,
    ),
    ...marks.map(({ x, y }) => `<circle cx="${x}" cy="${y}" r="3" fill="${colour}"/>`),
    '</svg>',
  ].join('');
  return toPng(svg, 2);
}

/** Off the main thread, so that pictures of one mail do not hold up the sending of another. */
export async function toPng(svg: string, value: number, background?: string): Promise<Buffer> {
  const image = await renderAsync(svg, {
    fitTo: { mode: 'zoom', value },
    font: { fontFiles, loadSystemFonts: false, defaultFontFamily: family },
    ...(background && { background }),
  });
  return (await encode(image)) ?? image.asPng();
}
