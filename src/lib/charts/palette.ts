import type { Series } from '../page.ts';

export type Palette = {
  text: string;
  muted: string;
  grid: string;
  surface: string;
  main: string;
  mainSoft: string;
  comparison: string;
  plan: string;
  bad: string;
  /** for parts set beside each other */
  hues: string[];
};

/**
 * Blue, grey and orange stay apart for every common kind of colour blindness, and each role also has its own stroke
 * (solid, dashed, dotted), so colour is never the only sign. For pictures that carry their colours: mails and files.
 */
export const light: Palette = {
  text: '#1b2430',
  muted: '#5d6b7e',
  grid: '#e6eaf0',
  surface: '#ffffff',
  main: '#2563c9',
  mainSoft: 'rgba(37, 99, 201, 0.10)',
  comparison: '#94a0b2',
  plan: '#c2570c',
  bad: '#b42318',
  hues: ['#2563c9', '#b45309', '#0f7a5f', '#a2467f', '#54606f', '#7a6a00'],
};

/** The names of the same in tokens.css: a chart in a page follows its theme by itself. */
export const themed: Palette = {
  text: 'var(--chart-text)',
  muted: 'var(--chart-muted)',
  grid: 'var(--chart-grid)',
  surface: 'var(--color-surface)',
  main: 'var(--chart-main)',
  mainSoft: 'var(--chart-soft)',
  comparison: 'var(--chart-comparison)',
  plan: 'var(--chart-plan)',
  bad: 'var(--color-bad)',
  hues: light.hues.map((_, hue) => `var(--hue-${hue})`),
};

export function colourOf(role: Series['role'], palette: Palette): string {
  return role === 'main' ? palette.main : role === 'plan' ? palette.plan : palette.comparison;
}

const strokes: ('solid' | 'dashed' | 'dotted' | number[])[] = [
  'solid',
  'dashed',
  'dotted',
  [10, 3, 2, 3],
  [14, 5],
  [5, 2],
];

export const hueOf = (hue: number, palette: Palette) =>
  palette.hues[hue % palette.hues.length] ?? palette.main;
export const hueStrokeOf = (hue: number) => strokes[hue % strokes.length] ?? 'solid';

export function strokeOf(role: Series['role']): 'solid' | 'dashed' | 'dotted' {
  return role === 'main' ? 'solid' : role === 'plan' ? 'dotted' : 'dashed';
}
