import type { Viewer } from '../viewer.ts';
import { record } from './audit.ts';
import { fields, fieldsOf, read, write, type Field, type Value } from './choices/fields.ts';
import { rules } from './incidents/rules.ts';
import type { RuleName } from './incidents/rule.ts';
import { callEntered } from './entered.ts';
import { read as readSettings } from './settings.ts';
import { actorOf } from './users.ts';
import { warehouse } from './warehouse.ts';

/** `text` is how the form shows the value; empty where the product decides by itself. `given`: pulse.yaml says it. */
export type Choice = Field & {
  text: string;
  usual_text: string;
  is_given: boolean;
  changed: { by: string; at: string } | null;
};
export type Rule = { name: RuleName; is_on: boolean; choices: Choice[]; limits: Record<string, number> };
export type ChoicesPage = {
  timezone: string;
  currency: string;
  limits: Choice[];
  rules: Rule[];
  incidents: Choice[];
  /** whether the file says which rules are off */
  is_off_given: boolean;
};

const off = 'incidents.off';

type Kept = { values: Map<string, Value>; changed: Map<string, { by: string; at: string }>; given: string[] };

/** What the file says, over what people chose, over what is usual. */
async function readKept(): Promise<Kept> {
  const { rows } = await warehouse().raw<{
    rows: { key: string; value: Value; changed_by: string; changed_at: Date }[];
  }>('select key, value, changed_by, changed_at from app.settings');
  const written = await warehouse()<{ key: string; value: unknown }>('core.settings').select('key', 'value');
  const now = new Map(written.map(({ key, value }) => [key, value]));
  const given = (now.get('given') as string[] | undefined) ?? [];
  const values = new Map<string, Value>(rows.map(({ key, value }) => [key, value]));
  for (const path of [...fields, ...rules.flatMap(fieldsOf)].map(({ key }) => key).concat(off)) {
    if (isGiven(given, path)) values.set(path, valueAt(now, path));
  }
  const changed = new Map(
    rows.map(({ key, changed_by, changed_at }) => [key, { by: changed_by, at: changed_at.toISOString() }]),
  );
  return { values, changed, given };
}

const isGiven = (given: string[], key: string) =>
  given.some((one) => one === key || one.startsWith(`${key}.`));

/** `limits.contact_days.gold` lies within the row `limits.contact_days`, all of incidents within one row. */
function valueAt(now: Map<string, unknown>, path: string): Value {
  const parts = path.split('.');
  const [row, rest] = path.startsWith('incidents.')
    ? ['incidents', parts.slice(1)]
    : [parts.slice(0, 2).join('.'), parts.slice(2)];
  const found = rest.reduce<unknown>(
    (within, key) => (within as Record<string, unknown> | null | undefined)?.[key],
    now.get(row),
  );
  return (found ?? null) as Value;
}

/** All limits with what holds now. */
export async function load(): Promise<ChoicesPage> {
  const [{ timezone, currency }, kept] = await Promise.all([readSettings(), readKept()]);
  const choice = (field: Field): Choice => ({
    ...field,
    text: write(field, kept.values.get(field.key) ?? field.usual),
    usual_text: write(field, field.usual),
    is_given: isGiven(kept.given, field.key),
    changed: kept.changed.get(field.key) ?? null,
  });
  const silent = offOf(kept.values);
  return {
    timezone,
    currency,
    limits: fields.filter(({ key }) => key.startsWith('limits.')).map(choice),
    rules: rules.map((rule) => {
      const choices = fieldsOf(rule).map(choice);
      const limits = choices.map((one) => [one.name, Number(kept.values.get(one.key) ?? one.usual)]);
      return {
        name: rule.name,
        is_on: !silent.includes(rule.name),
        choices,
        limits: Object.fromEntries(limits) as Record<string, number>,
      };
    }),
    incidents: fields.filter(({ key }) => key.startsWith('incidents.')).map(choice),
    is_off_given: isGiven(kept.given, off),
  };
}

const offOf = (values: Map<string, Value>): string[] => {
  const value = values.get(off);
  return Array.isArray(value) ? value.map(String) : [];
};

export type Wrong = { key: string; text: string };

/**
 * Keeps what a form says and lets the next load, which is due at once, judge by it. What is usual is not kept, so that
 * a better product judges better. Nothing is kept where one value is wrong.
 */
export async function save(by: Viewer, form: FormData): Promise<{ changed: string[] } | { wrong: Wrong[] }> {
  const kept = await readKept();
  const wrong: Wrong[] = [];
  const wish = new Map<string, Value>();
  for (const field of [...fields, ...rules.flatMap(fieldsOf)]) {
    if (isGiven(kept.given, field.key) || !form.has(field.key)) continue;
    const texts = form.getAll(field.key).map(String);
    const value = read(field, texts);
    if (value === undefined) wrong.push({ key: field.key, text: texts.join(' – ').slice(0, 100) });
    else wish.set(field.key, same(value, field.usual) ? null : value);
  }
  if (form.has('rules') && !isGiven(kept.given, off)) {
    const on = new Set(form.getAll('on').map(String));
    const silent = rules.map(({ name }) => name).filter((name) => !on.has(name));
    wish.set(off, silent.length ? silent : null);
  }
  if (wrong.length) return { wrong };
  const changes = [...wish].filter(([key, value]) => !same(value, kept.values.get(key) ?? null));
  if (!changes.length) return { changed: [] };
  const { timezone } = await readSettings();
  await warehouse().transaction(async (trx) => {
    for (const [key, value] of changes) {
      if (value === null) await trx('app.settings').where({ key }).delete();
      else {
        await trx('app.settings')
          .insert({ key, value: JSON.stringify(value), changed_by: by.email, changed_at: trx.fn.now() })
          .onConflict('key')
          .merge();
      }
    }
    await callEntered(trx, timezone);
  });
  const details = Object.fromEntries(
    changes.map(([key, value]) => [key, { was: kept.values.get(key) ?? null, is: value }]),
  );
  await record({ action: 'limits_changed', details, ...actorOf(by) });
  return { changed: changes.map(([key]) => key) };
}

const same = (one: Value, other: Value) => JSON.stringify(one) === JSON.stringify(other);
