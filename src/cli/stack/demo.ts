import { join } from 'node:path';
import type { Seeded } from '../../../demo/seed.ts';
import { keepSecret } from '../../../schema/postgres/files.ts';
import { findPort } from '../../../schema/postgres/port.ts';
import { spawnPart } from './part.ts';
import { probe } from './probe.ts';
import type { Stack } from './raise.ts';

/** The imaginary company's systems, and what the ETL needs to know to read them like anyone's. */
export async function raiseDemo({ place, urls, env, own, steps }: Stack): Promise<Record<string, string>> {
  const folder = join(place.home, 'demo');
  const start = async (name: string, script: string, extra: NodeJS.ProcessEnv, isJob = false) =>
    own(
      await spawnPart({
        name,
        file: join(place.root, script),
        ...place,
        env: { ...env, ...extra, DEMO_FOLDER: folder },
        isJob,
      }),
    );

  const demo = await steps.run(
    'Demo company',
    async () => {
      const part = await start('seed', 'src/cli/stack/seed.ts', { ADMIN_URL: urls.admin }, true);
      return (await part.wait((message) => 'seeded' in message, Infinity)).seeded as Seeded;
    },
    ({ seeded }) => (seeded ? 'Demo company: its systems are filled' : 'Demo company is there'),
  );
  return steps.run('Demo helpdesk', async () => {
    const port = await findPort(null);
    const token = keepSecret(join(place.home, 'helpdesk.token'));
    const url = `http://127.0.0.1:${port}`;
    const part = await start('demo', 'src/cli/stack/helpdesk.ts', {
      DEMO_HELPDESK_PORT: String(port),
      DEMO_HELPDESK_TOKEN: token,
    });
    await probe(url, part);
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
