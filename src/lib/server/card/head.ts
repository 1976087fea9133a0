import type { CardFigure, CardPage } from '../../card.ts';
import { formatCount, formatValue } from '../../format.ts';
import { m } from '../../paraglide/messages.js';
import { dimensionTitle, metricTitle } from '../../words.ts';
import { ask, down, nameOf, numberOf } from '../board.ts';
import { labelled } from '../columns.ts';
import type { Row } from '../result.ts';
import { safely } from '../safely.ts';
import type { Scope } from '../scope.ts';

type Found = { name: string; owner: string | null; row: Row };

const facts = [
  'name',
  'customer_id',
  'owner',
  'region',
  'industry',
  'segment',
  'abc',
  'xyz',
  'bcg',
  'is_churned',
  'is_at_risk',
  'is_contact_overdue',
  'usual_days',
  'silent_days',
  'first_purchase_at',
  'last_purchase_at',
  'last_contact_at',
];
const measures = ['ltv', 'ltv_revenue', 'revenue_year', 'purchases'];

/** The customer, if this viewer may see it. */
export async function read(scope: Scope, key: number): Promise<Found | null> {
  const [row] = await ask(scope, {
    view: 'customers',
    measures,
    by: facts,
    where: [{ member: 'customers.customer_key', operator: 'equals', values: [String(key)] }],
  });
  if (!row) return null;
  return { name: nameOf(row, 'name') ?? nameOf(row, 'customer_id') ?? '', owner: nameOf(row, 'owner'), row };
}

export async function describe(
  scope: Scope,
  key: number,
  { row, owner }: Found,
): Promise<Pick<CardPage, 'traits' | 'badges' | 'figures'>> {
  const { style } = scope;
  const is = (name: string) => row[name] === true || row[name] === 'true';
  const owed = await safely('card debt', style.locale, () => debt(scope, key, nameOf(row, 'name')));
  const trait = (name: string) => {
    const value = nameOf(row, name);
    return value === null ? [] : [{ title: dimensionTitle(name, style.locale), label: value }];
  };
  const badge = (name: string, none: string | null, tone: 'good' | 'warn' | 'bad' | null = null) => {
    const value = nameOf(row, name);
    if (value === null || value === none) return [];
    return [{ title: dimensionTitle(name, style.locale), label: labelled(scope, name, value), tone }];
  };
  const state = (name: string, title: string, tone: 'warn' | 'bad') =>
    is(name) ? [{ title: '', label: title, tone }] : [];
  return {
    traits: [
      { title: dimensionTitle('owner', style.locale), label: labelled(scope, 'owner', owner) },
      ...trait('region'),
      ...trait('industry'),
      { title: m.card_id({}, style), label: nameOf(row, 'customer_id') ?? '' },
    ],
    badges: [
      ...badge('segment', null),
      ...badge('abc', null),
      ...badge('xyz', 'n/a'),
      ...badge('bcg', 'n/a'),
      ...state('is_churned', m.card_churned({}, style), 'bad'),
      ...state('is_at_risk', m.card_at_risk({}, style), 'bad'),
      ...state('is_contact_overdue', m.card_neglected({}, style), 'warn'),
    ],
    figures: [
      ...money(scope, row),
      ...('value' in owed ? owed.value : []),
      day(
        scope,
        row,
        'last_purchase_at',
        m.column_last_purchase_at({}, style),
        rhythm(scope, row),
        is('is_at_risk'),
      ),
      day(scope, row, 'last_contact_at', m.column_last_contact_at({}, style), '', is('is_contact_overdue')),
    ],
  };
}

function money(scope: Scope, row: Row): CardFigure[] {
  const { style } = scope;
  const bought = numberOf(row, 'purchases') ?? 0;
  return [
    {
      id: 'ltv',
      title: metricTitle('customers.ltv', style.locale),
      value: numberOf(row, 'ltv'),
      unit: 'money',
      note: m.card_purchases({ count: bought, shown: formatCount(bought, style.locale) }, style),
      tone: null,
      href: null,
    },
    {
      id: 'revenue_year',
      title: metricTitle('customers.revenue_year', style.locale),
      value: numberOf(row, 'revenue_year'),
      unit: 'money',
      note: m.card_of_all({ amount: formatValue(numberOf(row, 'ltv_revenue'), 'money', style) }, style),
      tone: null,
      href: null,
    },
  ];
}

/** What is owed, known only where invoices are; nobody's debt is nothing rather than unknown. */
async function debt(scope: Scope, key: number, name: string | null): Promise<CardFigure[]> {
  const { style } = scope;
  if (scope.freshness.missing(['invoices']).length) return [];
  const [row] = await ask(scope, {
    view: 'receivables',
    measures: ['outstanding', 'overdue'],
    where: [{ member: 'receivables.customer_key', operator: 'equals', values: [String(key)] }],
  });
  const late = numberOf(row, 'overdue') ?? 0;
  return [
    {
      id: 'outstanding',
      title: metricTitle('receivables.outstanding', style.locale),
      value: numberOf(row, 'outstanding') ?? 0,
      unit: 'money',
      note: late ? m.card_overdue({ amount: formatValue(late, 'money', style) }, style) : '',
      tone: late ? 'bad' : null,
      href:
        name === null
          ? null
          : down(scope, 'receivables.outstanding', { by: 'customer', part: name, within: [] }),
    },
  ];
}

function rhythm({ style }: Scope, row: Row): string {
  const usual = numberOf(row, 'usual_days');
  return usual ? m.card_usual({ days: formatValue(usual, 'days', style) }, style) : '';
}

function day(scope: Scope, row: Row, name: string, title: string, note: string, isLate: boolean): CardFigure {
  const at = nameOf(row, name)?.slice(0, 10) ?? null;
  const days =
    at === null ? null : Math.max(0, Math.round((Date.parse(scope.today) - Date.parse(at)) / 86_400_000));
  return {
    id: name,
    title,
    value: days,
    unit: 'days',
    note,
    tone: isLate ? 'warn' : null,
    href: null,
  };
}
