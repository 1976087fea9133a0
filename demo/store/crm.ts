import { lists } from './crm-lists.ts';
import { records } from './crm-records.ts';
import type { Table } from './tables.ts';

/** The CRM's tables, in the words of the CRM. */
export const crm: Table[] = [...lists, ...records];
