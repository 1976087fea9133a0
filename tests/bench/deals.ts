import { createWriteStream } from 'node:fs';
import { once } from 'node:events';

const columns = [
  'id',
  'created_at',
  'closed_at',
  'status',
  'owner',
  'customer',
  'product',
  'stage',
  'amount',
  'cost',
  'currency',
  'title',
  'updated_at',
];
const statuses = ['open', 'won', 'lost'];
const start = Date.UTC(2023, 0, 1);
const span = 1000 * 86_400_000;

/** Writes a CSV of `count` deals over a thousand days: one in two hundred cannot be understood. */
export async function writeDeals(file: string, count: number): Promise<void> {
  const out = createWriteStream(file, { highWaterMark: 1 << 20 });
  out.write(`${columns.join(',')}\n`);
  let chunk = '';
  for (let i = 0; i < count; i++) {
    chunk += `${deal(i, count)}\n`;
    if (chunk.length < 1 << 18) continue;
    if (!out.write(chunk)) await once(out, 'drain');
    chunk = '';
  }
  out.end(chunk);
  await once(out, 'finish');
}

/** One row; the same number gives the same row, and 40,000 numbers share a customer's share of the whole. */
function deal(i: number, count: number): string {
  const created = start + Math.floor((i / count) * span);
  const status = statuses[i % 3] as string;
  const closed = status === 'open' ? '' : print(created + (1 + (i % 90)) * 86_400_000);
  const amount =
    i % 200 === 7 ? 'unknown' : `${100 + ((i * 7919) % 900_000)}.${String(i % 100).padStart(2, '0')}`;
  const customer = (i * 2_654_435_761) % Math.ceil(count / 10);
  return [
    i,
    print(created),
    closed,
    status,
    `Manager ${i % 50}`,
    `Customer ${customer}`,
    `Product ${i % 30}`,
    status,
    amount,
    100 + ((i * 104_729) % 400_000),
    'RUB',
    `Deal number ${i}`,
    print(created),
  ].join(',');
}

const print = (moment: number): string => new Date(moment).toISOString().slice(0, 19).replace('T', ' ');
