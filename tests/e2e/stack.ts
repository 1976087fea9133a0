import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import pg from 'pg';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { openBrowser } from '../harness/browser.ts';

const root = resolve(import.meta.dirname, '../..');

export type RunningStack = {
  address: string;
  home: string;
  query(sql: string): Promise<Record<string, string>[]>;
  stop(): Promise<void>;
};

/** Everything as `npm start` starts it, for the small company that was counted by hand; null is the demo company. */
export async function startStack(
  config: string | null = 'tests/fixtures/golden/pulse.yaml',
  more: NodeJS.ProcessEnv = {},
): Promise<RunningStack> {
  const home = mkdtempSync(join(tmpdir(), 'pulse-e2e-'));
  // For who runs PostgreSQL: else its data would lie elsewhere, and outlive the home.
  chmodSync(home, 0o755);
  const child = spawn(process.execPath, ['bin/pulse.js', 'start'], {
    cwd: root,
    env: {
      ...process.env,
      NODE_ENV: '',
      PULSE_HOME: home,
      PULSE_CONFIG: config ? resolve(root, config) : '',
      PORT: '0',
      ...more,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const stop = async () => {
    if (child.exitCode === null) {
      child.kill('SIGTERM');
      await once(child, 'exit');
    }
    rmSync(home, { recursive: true, force: true });
  };
  try {
    const address = await waitForAddress(child);
    return { address, home, query: (sql) => query(home, sql), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The demo company, the same one for every file that only looks at it; nobody stops it but the run. */
export async function openDemo(): Promise<RunningStack> {
  const answer = await fetch(process.env.PULSE_TEST_DEMO ?? '');
  if (!answer.ok) throw new Error(await answer.text());
  const { address, home } = (await answer.json()) as { address: string; home: string };
  return { address, home, query: (sql) => query(home, sql), stop: async () => undefined };
}

/** A browser signed in to the demo company; what it has to complain of is added to `complaints`. */
export async function enterDemo(complaints: string[] = []) {
  const [stack, browser] = await Promise.all([openDemo(), openBrowser()]);
  const page = await signIn(browser, stack);
  watch(page, stack, complaints);
  return { stack, browser, page };
}

async function waitForAddress(child: ChildProcess): Promise<string> {
  let said = '';
  return new Promise((resolve, reject) => {
    const listen = (chunk: Buffer) => {
      said += chunk.toString();
      const address = /Address\s+(http:\/\/\S+)/.exec(said)?.[1];
      if (address) resolve(address);
    };
    child.stdout?.on('data', listen);
    child.stderr?.on('data', listen);
    child.once('exit', (code) => reject(new Error(`start ended with ${code}:\n${said}`)));
  });
}

/** Straight at the warehouse, past Cube and the app: what the page shows is held against this. */
async function query(home: string, sql: string): Promise<Record<string, string>[]> {
  const { port } = JSON.parse(readFileSync(join(home, 'postgres.json'), 'utf8')) as { port: number };
  const password = readFileSync(join(home, 'postgres.password'), 'utf8').trim();
  const client = new pg.Client({ connectionString: `postgres://pulse:${password}@127.0.0.1:${port}/pulse` });
  await client.connect();
  try {
    return (await client.query<Record<string, string>>(sql)).rows;
  } finally {
    await client.end();
  }
}

export type Person = { email: string; password: string };

/** A person of the given role, known to the figures by the address of an employee. */
export async function addPerson({ home }: RunningStack, email: string, role: string): Promise<Person> {
  const password = 'a long enough password';
  const args = ['bin/pulse.js', 'user', 'add', email, '--role', role, '--password-stdin'];
  const env = { ...process.env, NODE_ENV: '', PULSE_HOME: home, PULSE_CONFIG: '' };
  const child = spawn(process.execPath, args, { cwd: root, env, stdio: ['pipe', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  child.stdin.end(password);
  const [code] = (await once(child, 'exit')) as [number];
  // Files that share the demo company may ask for the same person.
  if (code !== 0 && !said.includes('is a user already'))
    throw new Error(`user add ended with ${code}: ${said}`);
  return { email, password };
}

export const admin = ({ home }: RunningStack) => ({
  email: 'admin@pulse.local',
  password: readFileSync(join(home, 'admin-password'), 'utf8').trim(),
});

export async function signIn(
  browser: Browser,
  stack: RunningStack,
  options: BrowserContextOptions = {},
  { email, password }: Person = admin(stack),
): Promise<Page> {
  // Signing in is rationed by address, and all files of a run come from the same one.
  const kept = join(stack.home, `session-${email}.json`);
  const context = await browser.newContext({
    baseURL: stack.address,
    locale: 'ru-RU',
    viewport: { width: 1440, height: 900 },
    ...(existsSync(kept) ? { storageState: kept } : {}),
    ...options,
  });
  const page = await context.newPage();
  await page.goto('/');
  if (new URL(page.url()).pathname === '/login') {
    await page.fill('input[name=email]', email);
    await page.fill('input[name=password]', password);
    await Promise.all([page.waitForURL((url) => url.pathname === '/'), page.click('main button')]);
    // in one move: another file may be reading it
    const draft = `${kept}.${process.pid}`;
    writeFileSync(draft, JSON.stringify(await context.storageState()));
    renameSync(draft, kept);
  }
  return page;
}

/** Changes the language of this browser only; other files may be looking at the same company as the same person. */
export function speak(page: Page, locale: 'en' | 'ru'): Promise<void> {
  return page
    .context()
    .addCookies([{ name: 'pulse_locale', value: locale, url: new URL(page.url()).origin }]);
}

/** Notes what the browser complains about, e.g. a style or script that the policy refused, and requests elsewhere. */
export function watch(page: Page, { address }: RunningStack, complaints: string[]): void {
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('dialog', (dialog) => complaints.push(`dialog: ${dialog.message()}`));
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('request', (request) => {
    if (!request.url().startsWith(address) && !request.url().startsWith('data:'))
      complaints.push(`request to ${request.url()}`);
  });
}

/** Ready means drawn for this very window: every chart of the page that is shown fits. */
export async function chartsDrawn(page: Page): Promise<void> {
  await page.waitForFunction(() =>
    [...document.querySelectorAll('[data-chart]')].every((chart) => {
      const width = chart.querySelector('svg')?.viewBox.baseVal.width ?? 0;
      return !chart.clientWidth || Math.abs(width / chart.clientWidth - 1) < 0.02;
    }),
  );
}
