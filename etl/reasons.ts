import { entities, type Field } from './entities.ts';

/** Why a row waits in quarantine, as sentences that say what to do: stable, so that equal ones can be grouped. */
export const reasons = {
  missing: 'required, and there is nothing',
  number: 'not a number that can be understood; a comma may need «number: { decimal }»',
  boolean: 'neither yes nor no; add it to «map»',
  date: 'no such date, or a form that has to be declared with «format»',
  order: 'day or month first? Declare it: «format: dd/MM/yyyy» or «format: MM/dd/yyyy»',
  future: 'in the future: is the clock of the source wrong, or the form of its dates?',
  currency: 'not a three-letter currency code; add it to «map»',
  long: 'longer than 500 characters',
  values: (known: readonly string[]) => `none of ${known.join(', ')}; add it to «map»`,
  range: ({ min, max }: Field) =>
    `outside the range: at least ${min ?? '–'}${max === undefined ? '' : ` and at most ${max}`}`,
} as const;

/** Longer texts find no place in an index. */
export const longestId = 500;

/** Day and month in such a date could stand in either order, and so could those of the whole column. */
export const eitherOrder = String.raw`^\d{1,2}[/-]\d{1,2}[/-](\d{2}|\d{4})($|[ T])`;

/** What is wrong with a text that did not become a value of its type. */
export function reasonOf(definition: Field): string {
  switch (definition.type) {
    case 'number':
    case 'integer':
      return reasons.number;
    case 'boolean':
      return reasons.boolean;
    case 'date':
    case 'month':
    case 'timestamp':
      return reasons.date;
    case 'currency':
      return reasons.currency;
    case 'text':
      return definition.values ? reasons.values(definition.values) : reasons.long;
  }
}

/** Whether a text of this field becomes part of an index: an id of this or another record. */
export function isIdentity(field: string, definition: Field): boolean {
  return (
    definition.type === 'text' &&
    (field === 'source_id' ||
      definition.ref !== undefined ||
      definition.same !== undefined ||
      field === 'parent_id' ||
      field.startsWith('utm_'))
  );
}

export type Repair = { name: string; drop: string; condition: string };

/** What a mapped row loses because it cannot be, as conditions over its typed fields. */
export function repairsOf(entity: keyof typeof entities, mapped: string[]): Repair[] {
  return (entities[entity].order ?? [])
    .filter(({ first, then }) => mapped.includes(first) && mapped.includes(then))
    .map(({ first, then, drop }) => ({
      name: `${then} lies before ${first}: ${drop} was left out`,
      drop,
      // A day without a time begins before any moment in it.
      condition: `"${then}" < "${first}" - interval '1 day'`,
    }));
}
