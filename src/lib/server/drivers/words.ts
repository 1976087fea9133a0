import type { Decomposition, DriverName, Part } from '../../decomposition.ts';
import { formatDriver } from '../../driver.ts';
import { formatValue, type Style } from '../../format.ts';
import { find } from '../../metrics.ts';
import { m } from '../../paraglide/messages.js';
import type { DriverPart, Unit } from '../../page.ts';
import { link, type State } from '../../state.ts';

type Say = (inputs: Record<string, unknown>, options: Style) => string;
const messages = m as unknown as Record<string, Say>;
const say = (key: string, inputs: Record<string, unknown>, style: Style) =>
  messages[key]?.(inputs, style) ?? key;

/** How a driver is printed, and the metric whose pages lead on from it. */
const faces: Record<DriverName, { unit: Unit; metric: string }> = {
  leads: { unit: 'count', metric: 'sales.deals' },
  buyers: { unit: 'count', metric: 'sales.buyers' },
  deals_won: { unit: 'count', metric: 'sales.deals_won' },
  revenue: { unit: 'money', metric: 'sales.won_amount' },
  gross_profit: { unit: 'money', metric: 'sales.gross_profit' },
  conversion: { unit: 'percent', metric: 'marketing.conversion' },
  acquisition: { unit: 'percent', metric: 'sales.buyers' },
  orders_each: { unit: 'count', metric: 'sales.buyers' },
  lead_value: { unit: 'money', metric: 'marketing.revenue' },
  average_deal: { unit: 'money', metric: 'sales.average_deal' },
  deal_profit: { unit: 'money', metric: 'sales.gross_profit' },
  margin: { unit: 'percent', metric: 'sales.margin' },
  spend: { unit: 'money', metric: 'marketing.spend' },
};

export const unitOf = (driver: DriverName) => faces[driver].unit;
export const titleOf = (driver: DriverName, style: Style) => say(`driver_${driver}`, {}, style);

/** Down to the parts of the figure where there is such a page, else to what it means. */
export function hrefOf(driver: DriverName, state: State): string {
  const { metric } = faces[driver];
  return find(metric)
    ? link(`/drill/${metric}`, { ...state, by: null, part: null, page: 1 })
    : `/metrics#${metric}`;
}

export function describeParts(
  { parts, bottleneck }: Decomposition,
  state: State,
  style: Style,
): DriverPart[] {
  return parts.map(({ driver, ...part }) => ({
    ...part,
    driver,
    title: titleOf(driver, style),
    unit: unitOf(driver),
    is_bottleneck: driver === bottleneck,
    href: hrefOf(driver, state),
  }));
}

const least = 0.05;

/**
 * What a person would say: how the target changed, the one or two drivers that made most of it, and the one that worked
 * against them. What has moved less than a twentieth of all movement is left out.
 */
export function tell(found: Decomposition, kind: 'period' | 'plan', style: Style): string {
  const { target, from, to, change, parts } = found;
  const unit: Unit = target === 'leads' || target === 'buyers' || target === 'won' ? 'count' : 'money';
  const amount = (value: number) => formatValue(value, unit, style);
  const all = parts.reduce((sum, part) => sum + Math.abs(part.change), 0);
  const size = Math.max(Math.abs(from), Math.abs(to));
  const way = Math.abs(change) <= 0.005 * size ? 'same' : change > 0 ? 'up' : 'down';
  const head = say(
    `profit_${kind}_${way}`,
    {
      target: say(`profit_target_${target}`, {}, style),
      change: amount(Math.abs(change)),
      from: amount(from),
      to: amount(to),
    },
    style,
  );
  const telling = parts.filter((part) => Math.abs(part.change) > least * all);
  const losses = telling.filter((part) => part.change < 0).sort((a, b) => a.change - b.change);
  const gains = telling.filter((part) => part.change > 0).sort((a, b) => b.change - a.change);
  const chosen =
    way === 'up'
      ? [...gains.slice(0, 2), ...losses.slice(0, 1)]
      : [...losses.slice(0, 2), ...gains.slice(0, 1)];
  if (chosen.length === 0 || parts.length < 2) return `${head}.`;
  return `${head}: ${chosen.map((part) => clause(part, kind, amount, style)).join('; ')}.`;
}

function clause(
  part: Part,
  kind: 'period' | 'plan',
  amount: (value: number) => string,
  style: Style,
): string {
  const { driver, from, to, change } = part;
  const effect = say(
    change < 0 ? 'driver_cost' : 'driver_brought',
    { amount: amount(Math.abs(change)) },
    style,
  );
  const face = { driver, unit: unitOf(driver) };
  const [before, after] = [formatDriver(face, from, style), formatDriver(face, to, style)];
  // Nothing was sold, so there is no average to speak of.
  if (from === null || to === null) return `${titleOf(driver, style).toLowerCase()}, ${effect}`;
  const way = kind === 'plan' ? 'instead' : to > from ? 'up' : 'down';
  const name = say(`driver_${driver}_name`, {}, style);
  const said =
    way === 'instead'
      ? say('driver_instead', { name, from: before, to: after }, style)
      : say(`driver_${driver}_${way}`, { from: before, to: after }, style);
  return `${said}, ${effect}`;
}
