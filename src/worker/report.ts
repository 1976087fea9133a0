// A job of its own: one verb of `pulse report`; its connections and libraries end with it.
import { MailProblem } from '../lib/server/reports/mail.ts';
import { preview, send, Unknown } from '../lib/server/reports/orders.ts';
import { ReportProblem } from '../lib/server/reports/report.ts';
import { list } from '../lib/server/reports/schedules.ts';

const verbs = { list, preview, send };
const verb = process.argv[2] as keyof typeof verbs;
try {
  const work = verbs[verb] as (argument: unknown) => Promise<unknown>;
  const result = await work(JSON.parse(process.argv[3] ?? 'null'));
  process.send?.({ result }, () => process.exit(0));
} catch (error) {
  const isExpected = [Unknown, MailProblem, ReportProblem].some((kind) => error instanceof kind);
  if (!isExpected) throw error;
  const problem = (error as Error).message.replace(/\.?$/, '.');
  process.send?.({ problem, exitCode: error instanceof ReportProblem ? 1 : 2 }, () => process.exit(0));
}
