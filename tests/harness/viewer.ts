import type { Viewer } from '../../src/lib/viewer.ts';

/** Sees the whole company. */
export const boss: Viewer = {
  user_id: 'boss',
  name: 'Boss',
  email: 'boss@example.com',
  role: 'executive',
  locale: 'en',
  access: 'company',
  team_keys: [],
  employee_keys: [],
};
