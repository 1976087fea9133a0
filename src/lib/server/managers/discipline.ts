import type { TableBlock } from '../../board.ts';
import { formatCount } from '../../format.ts';
import { m } from '../../paraglide/messages.js';
import { ask, block, cell, down, figure, keyed, nameOf, numberOf, tableBlock } from '../board.ts';
import { measured, named } from '../columns.ts';
import type { Scope } from '../scope.ts';
import { personCell, standing, sumOf } from './people.ts';

/** Leads nobody worked, late answers, customers nobody contacts, records half filled. */
export function load(scope: Scope): Promise<TableBlock> {
  const { style, range } = scope;
  const empty = tableBlock('discipline', m.managers_discipline({}, style), '-sla_breaches');
  return block<TableBlock>(scope, ['sales.unprocessed', 'customers.contact_overdue'], empty, async () => {
    const [now, answers, customers, quality] = await Promise.all([
      standing(scope),
      ask(scope, {
        view: 'sales',
        measures: ['deals', 'sla_breaches', 'first_response_minutes'],
        by: ['owner'],
        time: 'created_at',
        range,
      }),
      ask(scope, { view: 'customers', measures: ['contact_overdue'], by: ['owner'] }),
      ask(scope, { view: 'data_quality', measures: ['completeness'], by: ['owner'] }),
    ]);
    const [standingBy, answering, waiting, filled] = [now, answers, customers, quality].map((rows) =>
      keyed(rows, 'owner'),
    ) as [Map<string, never>, Map<string, never>, Map<string, never>, Map<string, never>];
    const owners = [...new Set([...standingBy.keys(), ...answering.keys(), ...waiting.keys()])];
    const rows = owners.map((owner) => {
      const to = (metric: string) => down(scope, metric, { by: 'owner', part: owner });
      const some = (row: never | undefined, name: string) => ((numberOf(row, name) ?? 0) > 0 ? 'warn' : null);
      const share = numberOf(filled.get(owner), 'completeness');
      return {
        id: owner,
        address: null,
        cells: [
          personCell(scope, owner || null),
          figure(standingBy.get(owner), 'unprocessed', to('sales.unprocessed'), {
            tone: some(standingBy.get(owner), 'unprocessed'),
          }),
          figure(answering.get(owner), 'sla_breaches', to('sales.sla_breaches'), {
            tone: some(answering.get(owner), 'sla_breaches'),
          }),
          figure(answering.get(owner), 'first_response_minutes', to('sales.first_response_minutes')),
          figure(waiting.get(owner), 'contact_overdue', to('customers.contact_overdue')),
          cell(share, to('data_quality.completeness'), {
            tone: share !== null && share < 0.8 ? 'warn' : null,
          }),
        ],
      };
    });
    const count = (value: number) => formatCount(value, style.locale);
    const unowned = now.filter((row) => nameOf(row, 'owner') === null);
    return {
      columns: [
        named(scope, 'owner'),
        measured(scope, 'sales.unprocessed'),
        measured(scope, 'sales.sla_breaches'),
        measured(scope, 'sales.first_response_minutes'),
        measured(scope, 'customers.contact_overdue'),
        measured(scope, 'data_quality.completeness'),
      ],
      rows,
      sentence: m.managers_discipline_sentence(
        {
          unprocessed: count(sumOf(now, 'unprocessed')),
          unowned: count(sumOf(unowned, 'unprocessed')),
          breaches: count(sumOf(answers, 'sla_breaches')),
          overdue: count(sumOf(customers, 'contact_overdue')),
        },
        style,
      ),
    };
  });
}
