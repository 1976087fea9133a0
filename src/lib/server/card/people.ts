import type { CardPerson } from '../../card.ts';
import { ask, nameOf, numberOf } from '../board.ts';
import type { Scope } from '../scope.ts';
import * as events from './events.ts';

/** Who has dealt with the customer, whoever is still here, the latest first. */
export async function load(scope: Scope, key: number, owner: string | null): Promise<CardPerson[]> {
  const rows = await ask(scope, {
    view: 'customer_history',
    measures: ['events', 'first_at', 'last_at'],
    by: ['employee', 'left_at'],
    where: [events.of(key), { member: 'customer_history.employee', operator: 'set' }],
    order: [['last_at', 'desc']],
    limit: 50,
  });
  return rows.map((row) => {
    const name = nameOf(row, 'employee') ?? '';
    return {
      name,
      first_at: nameOf(row, 'first_at')?.slice(0, 10) ?? '',
      last_at: nameOf(row, 'last_at')?.slice(0, 10) ?? '',
      events: numberOf(row, 'events') ?? 0,
      left_at: nameOf(row, 'left_at')?.slice(0, 10) ?? null,
      is_owner: name === owner,
    };
  });
}
