import type { SparkPoint } from '../page.ts';

export type Spark = {
  lines: string[];
  dots: { x: number; y: number }[];
  last: { x: number; y: number } | null;
};

/** A sparkline as SVG paths: too small for a chart library, and there on the first paint. */
export function sparkOf(points: SparkPoint[], width: number, height: number, padding = 2): Spark {
  const known = points.flatMap((point) => (point.value === null ? [] : [point.value]));
  if (known.length === 0) return { lines: [], dots: [], last: null };
  const low = Math.min(...known);
  const span = Math.max(...known) - low;
  const stepX = points.length > 1 ? (width - 2 * padding) / (points.length - 1) : 0;
  const place = (value: number, at: number) => ({
    x: round(padding + at * stepX),
    // a flat line runs in the middle: at the bottom it would look like zero
    y: round(height - padding - (span === 0 ? 0.5 : (value - low) / span) * (height - 2 * padding)),
  });
  const runs: { x: number; y: number }[][] = [];
  let last: { x: number; y: number } | null = null;
  points.forEach(({ value }, at) => {
    if (value === null) return;
    last = place(value, at);
    const isNew = at === 0 || points[at - 1]?.value === null;
    if (isNew || runs.length === 0) runs.push([last]);
    else runs[runs.length - 1]?.push(last);
  });
  return {
    lines: runs.filter((run) => run.length > 1).map((run) => run.map(({ x, y }) => `${x},${y}`).join(' ')),
    dots: runs.flatMap((run) => (run.length === 1 ? run : [])),
    last,
  };
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
