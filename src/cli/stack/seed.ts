// A job of its own: sets up the imaginary company's systems and tells where they are.
import { seedDemo } from '../../../demo/seed.ts';

const { ADMIN_URL, DEMO_FOLDER } = process.env;
if (!ADMIN_URL || !DEMO_FOLDER) throw new Error('ADMIN_URL and DEMO_FOLDER are needed');
const log = (line: string) => console.log(`${new Date().toISOString()} ${line}`);
const seeded = await seedDemo({ adminUrl: ADMIN_URL, folder: DEMO_FOLDER, log });
process.send?.({ seeded }, () => process.exit(0));
