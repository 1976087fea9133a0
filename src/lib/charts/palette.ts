import type { Series } from '../page.ts';

export type Mode = 'light' | 'dark';

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
  /** for parts set beside each other, after Okabe and Ito, darkened until they stand out from the surface */
  hues: string[];
};

/**
 * Blue, grey and orange stay apart for every common kind of colour blindness, and each role also has its
 * own stroke (solid, dashed, dotted), so colour is never the only sign.
 */
export const palettes: Record<Mode, Palette> = {
  light: {
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
  },
  dark: {
    text: '#e8edf4',
    muted: '#9aa7b8',
    grid: '#2a3443',
    surface: '#161d27',
    main: '#5c94f2',
    mainSoft: 'rgba(92, 148, 242, 0.14)',
    comparison: '#7b889b',
    plan: '#f0a15e',
    bad: '#f28b82',
    hues: ['#5c94f2', '#f0a15e', '#3fc19b', '#e08fc0', '#b4bfcc', '#d8c74a'],
  },
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
