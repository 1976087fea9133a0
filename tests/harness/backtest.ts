import { backtest, meanError, type Month } from '../../src/lib/forecast.ts';

const points = [0.1, 0.25, 0.5, 0.75, 0.9];

export type Score = { point: number; months: number; forecast: number; naive: number };

/** MAPE of forecasts and of plain run-rates over all lines, as of several points of their past months. */
export function score(lines: Month[][]): Score[] {
  return points.map((point) => {
    const trials = lines
      .flatMap((history) => backtest(history, point))
      .filter(({ forecast, naive, actual }) => !forecast.is_short && naive !== null && actual !== 0);
    const error = (pick: (trial: (typeof trials)[number]) => number) =>
      meanError(trials.map((trial) => ({ actual: trial.actual, guess: pick(trial) }))) ?? 0;
    return {
      point,
      months: trials.length,
      forecast: error((trial) => trial.forecast.value),
      naive: error((trial) => trial.naive ?? 0),
    };
  });
}

export function print(title: string, scores: Score[]): void {
  const percent = (value: number) => `${(100 * value).toFixed(1)} %`;
  const rows = scores.map(
    ({ point, months, forecast, naive }) =>
      `  ${percent(point)} of the working days, ${months} months: forecast ${percent(forecast)}, run-rate ${percent(naive)}`,
  );
  console.info(`MAPE, ${title}\n${rows.join('\n')}`);
}

export const mean = (scores: Score[], key: 'forecast' | 'naive') =>
  scores.reduce((sum, one) => sum + one[key], 0) / scores.length;
