// A part of its own: the imaginary company's helpdesk.
import { startHelpdesk } from '../../../demo/systems.ts';

const { DEMO_FOLDER, DEMO_HELPDESK_PORT, DEMO_HELPDESK_TOKEN } = process.env;
if (!DEMO_FOLDER || !DEMO_HELPDESK_TOKEN)
  throw new Error('DEMO_FOLDER and DEMO_HELPDESK_TOKEN have to be set');
const port = DEMO_HELPDESK_PORT ? { port: Number(DEMO_HELPDESK_PORT) } : {};
const helpdesk = await startHelpdesk({ folder: DEMO_FOLDER, token: DEMO_HELPDESK_TOKEN, ...port });
for (const signal of ['SIGTERM', 'SIGINT'] as const)
  process.on(signal, () => void helpdesk.close().then(() => process.exit(0)));
console.log(`helpdesk at ${helpdesk.url}`);
