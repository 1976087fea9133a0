import type { Subject } from '../identities.ts';

/** One record of one system. */
export type Member = {
  source: string;
  id: string;
  name: string;
  email: string | null;
  /** phone of a customer, extension of an employee */
  number: string | null;
  is_inferred: boolean;
  is_deleted: boolean;
};

/** What tells that two records are one. */
export type Evidence = { kind: 'email' | 'phone' | 'extension' | 'id'; value: string };

/** Where the records of a subject lie; names only, never from outside. */
export function readPart(subject: Subject): { table: string; key: string; member(alias: string): string } {
  const isCustomer = subject === 'customers';
  return {
    table: isCustomer ? 'core.dim_customers' : 'core.dim_employees',
    key: isCustomer ? 'customer_key' : 'employee_key',
    member: (
      d,
    ) => `jsonb_build_object('source', ${d}.source, 'id', left(${d}.source_id, 500), 'name', left(${d}.name, 300),
      'email', left(${d}.email, 300), 'number', left(${d}.${isCustomer ? 'phone' : 'extension'}, 100),
      'is_inferred', ${d}.is_inferred, 'is_deleted', ${d}.is_deleted)`,
  };
}
