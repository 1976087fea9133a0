import type { Locale } from './page.ts';

export const roles = ['executive', 'marketing', 'head', 'manager', 'admin'] as const;
export type Role = (typeof roles)[number];

/** `company` sees every row, `team` the rows of its teams, `own` the rows of its employees. */
export type Access = 'company' | 'team' | 'own';

/** Who looks: whoever asks for numbers, on a page or in a mail, is one of these. */
export type Viewer = {
  user_id: string;
  name: string;
  email: string;
  role: Role;
  locale: Locale;
  access: Access;
  team_keys: number[];
  employee_keys: number[];
};

/** A role that this version does not know sees the least. */
export function accessOf(role: string): Access {
  if (role === 'executive' || role === 'marketing' || role === 'admin') return 'company';
  return role === 'head' ? 'team' : 'own';
}

/** Whoever runs commands on the machine: sees every row, and is nobody in particular. */
export const operator = {
  user_id: 'cli',
  access: 'company',
  team_keys: [],
  employee_keys: [],
} satisfies Partial<Viewer>;
