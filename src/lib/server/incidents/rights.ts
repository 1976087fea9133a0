import type { Knex } from 'knex';
import type { Viewer } from '../../viewer.ts';
import type { Area } from './rule.ts';

/** A condition on `app.incidents i`: here alone is it decided who sees which. */
export type Allowed = { sql: string; values: Knex.RawBinding[] };

/**
 * Executives and administrators see all; marketing what is marketing's or the company's; a head what is wholly of the
 * teams led, a manager what is wholly their own.
 */
export function allowed({ access, role, team_keys, employee_keys }: Viewer): Allowed {
  if (access === 'company') {
    return role === 'marketing'
      ? { sql: `i.area in ('marketing', 'company', 'data')`, values: [] }
      : { sql: 'true', values: [] };
  }
  const [column, keys] = access === 'team' ? ['team_keys', team_keys] : ['employee_keys', employee_keys];
  return {
    sql: `i.area = 'sales' and i.${column} <> '{}' and i.${column} <@ ?::bigint[]`,
    values: [keys],
  };
}

/** Whether the viewer is told of anything of an area: without it, nothing seen means nothing. */
export function maySee({ access, role }: Pick<Viewer, 'access' | 'role'>, area: Area): boolean {
  if (access === 'company') return role !== 'marketing' || area !== 'sales';
  return area === 'sales' || (access === 'team' && area === 'company');
}

/** Those too of which a head sees a share: how much of what is everybody's lies with the teams led. */
export function visible(viewer: Viewer): Allowed {
  const { sql, values } = allowed(viewer);
  if (viewer.access !== 'team') return { sql, values };
  return {
    sql: `(${sql} or exists (select from jsonb_array_elements(i.details -> 'shares') s
      where s -> 'team_keys' <> '[]' and s -> 'team_keys' <@ to_jsonb(?::bigint[])))`,
    values: [...values, viewer.team_keys],
  };
}
