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
  },
};

export function colourOf(role: Series['role'], palette: Palette): string {
  return role === 'main' ? palette.main : role === 'plan' ? palette.plan : palette.comparison;
}

export function strokeOf(role: Series['role']): 'solid' | 'dashed' | 'dotted' {
  return role === 'main' ? 'solid' : role === 'plan' ? 'dotted' : 'dashed';
}
