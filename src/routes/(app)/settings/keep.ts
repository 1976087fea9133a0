import type { SubmitFunction } from '@sveltejs/kit';

/** What was typed stays after it is saved: it is what holds now. */
export const keep: SubmitFunction =
  () =>
  ({ update }) =>
    update({ reset: false });
