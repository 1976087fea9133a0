import { join } from 'node:path';
import { seedDemo } from '../../../demo/seed.ts';
import { keepSecret } from '../../../schema/postgres/files.ts';
import { findPort } from '../../../schema/postgres/port.ts';
import { spawnPart } from './part.ts';
import { probe } from './probe.ts';
import type { Stack } from './raise.ts';

/** The imaginary company's systems, and what the ETL needs to know to read them like anyone's. */
export async function raiseDemo(stack: Stack): Promise<Record<string, string>> {
  const { place, urls, log, steps } = stack;
  const folder = join(place.home, 'demo');
  const demo = await steps.run('Demo company', () => seedDemo({ adminUrl: urls.admin, folder, log }));
  return steps.run('Demo helpdesk', async () => {
    const port = await findPort(null);
    const token = keepSecret(join(place.home, 'helpdesk.token'));
    const own = { DEMO_FOLDER: folder, DEMO_HELPDESK_PORT: String(port), DEMO_HELPDESK_TOKEN: token };
    const part = stack.own(
      spawnPart({ name: 'demo', file: join(place.root, 'demo/systems.ts'), ...place, env: { ...stack.env, ...own } }),
    );
    const url = `http://127.0.0.1:${port}`;
    await probe(url, part, 30_000);
    return {
      PULSE_CONFIG: demo.configPath,
      DEMO_FOLDER: folder,
      DEMO_CRM_URL: demo.crmUrl,
      DEMO_PBX_URL: demo.pbxUrl,
      DEMO_HELPDESK_URL: url,
      DEMO_HELPDESK_TOKEN: token,
    };
  });
}
