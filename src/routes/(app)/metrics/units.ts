import type { Unit } from '#lib/page.ts';
import { m } from '#lib/paraglide/messages.js';

const titles: Record<Unit | 'time', () => string> = {
  money: m.unit_money,
  percent: m.unit_percent,
  count: m.unit_count,
  days: m.unit_days,
  hours: m.unit_hours,
  minutes: m.unit_minutes,
  seconds: m.unit_seconds,
  score: m.unit_score,
  time: m.unit_time,
};

export const unitTitle = (unit: Unit | 'time') => titles[unit]();
