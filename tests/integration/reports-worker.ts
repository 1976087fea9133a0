// A worker of its own process that sends the page of the contract, for tests that kill it.
import { open } from '../../src/lib/server/reports/mail.ts';
import { render } from '../../src/lib/server/reports/render.ts';
import { createRunner } from '../../src/lib/server/reports/run.ts';
import { makePage } from '../unit/reports/page.ts';

const runner = createRunner({
  worker: `process ${process.pid}`,
  lease: 1,
  openMailer: () =>
    open({ url: process.argv[2] ?? '', from: { name: 'Pulse', address: 'pulse@example.com' } }),
  makeReport: async () => render(makePage(), { company: 'Вектор', baseUrl: null }),
});
process.send?.('ready');
process.on('message', () => void runner.tick());
setInterval(() => void runner.tick().catch(() => undefined), 100);
process.on('disconnect', () => process.exit(0));
