import type { Cell } from '../../board.ts';
import { link } from '../../state.ts';
import { ask, cell, nameOf, numberOf } from '../board.ts';
import { labelled } from '../columns.ts';
import type { Row } from '../result.ts';
import type { Scope } from '../scope.ts';

/** What each manager has on hand now, and in which team; a manager without a deal is not known here. */
export function standing(scope: Scope): Promise<Row[]> {
  return ask(scope, {
    view: 'sales',
    measures: ['deals', 'deals_open', 'open_amount', 'unprocessed'],
    by: ['owner', 'team'],
  });
}

export function teams(rows: Row[]): Map<string, string> {
  return new Map(rows.map((row) => [nameOf(row, 'owner') ?? '', nameOf(row, 'team') ?? '']));
}

/** A manager's name leads to the page of sales with only their deals. */
export function personCell(scope: Scope, name: string | null, note = ''): Cell {
  const { state } = scope;
  const filters = { ...state.filters, manager: [name ?? ''] };
  const href = link('/sales', { ...state, filters, sort: null, by: null, page: 1 });
  return cell(labelled(scope, 'owner', name), name ? href : null, { note });
}

export function sumOf(rows: Row[], name: string): number {
  return rows.reduce((sum, row) => sum + (numberOf(row, name) ?? 0), 0);
}
