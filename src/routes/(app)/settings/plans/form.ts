import { z } from 'zod';
import type { Fallbacks } from '#lib/planning.ts';
import { plannable } from '#lib/planning/metrics.ts';
import type { Problem } from '#lib/server/planning.ts';
import { readFile, readText, type Table } from '#lib/server/planning/table.ts';

const fields = z.object({
  metric: z
    .string()
    .refine((name) => plannable.includes(name))
    .catch('won_amount'),
  year: z.coerce
    .number()
    .int()
    .min(2000)
    .max(2100)
    .catch(() => new Date().getFullYear()),
});
const kept = z.array(z.array(z.string().max(2000)).max(200)).max(10_000);
const biggest = 400 << 10;

/** A table that was pasted, sent as a file, or checked before; null where it is none. */
export async function readForm(
  request: Request,
): Promise<{ table: Table | null; text: string; fallbacks: Fallbacks } | { problem: Problem }> {
  // A body above the server's limit breaks off while it is read.
  const form = await request.formData().catch(() => null);
  if (!form) return { problem: 'too_big' };
  const fallbacks = fields.parse({ metric: form.get('metric'), year: form.get('year') });
  const file = form.get('file');
  const text = String(form.get('text') ?? '');
  const before = form.get('table');
  if (typeof before === 'string') return { table: readKept(before), text, fallbacks };
  if (file instanceof File && file.size > 0) {
    if (file.size > biggest) return { problem: 'too_big' };
    return { table: await readFile(Buffer.from(await file.arrayBuffer())), text, fallbacks };
  }
  return { table: readText(text), text, fallbacks };
}

function readKept(text: string): Table | null {
  try {
    return kept.parse(JSON.parse(text));
  } catch {
    return null;
  }
}
