// A worker of its own process that sends a short letter, for tests that kill it.
import { open } from '../../src/lib/server/reports/mail.ts';
import { createRunner } from '../../src/lib/server/reports/run.ts';

const runner = createRunner({
  worker: `process ${process.pid}`,
  // longer than a new worker takes to start, short enough to wait for at the end
  lease: 12,
  openMailer: () =>
    open({ url: process.argv[2] ?? '', from: { name: 'Pulse', address: 'pulse@example.com' } }),
  makeReport: async () => ({
    subject: 'Вектор: 12,3 млн ₽',
    html: '<html lang="ru"><body>12,3 млн ₽</body></html>',
    text: '12,3 млн ₽\n',
    attachments: [],
    isIncomplete: false,
  }),
});
process.send?.('ready');
process.on('message', () => {
  setInterval(() => void runner.tick().catch(() => undefined), 100);
});
process.on('disconnect', () => process.exit(0));
