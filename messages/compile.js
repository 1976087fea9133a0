// Messages become functions in src/lib/paraglide, which page, worker and commands import alike.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** @type {import('@inlang/paraglide-js').CompilerOptions} */
export const options = {
  project: './project.inlang',
  outdir: './src/lib/paraglide',
  outputStructure: 'message-modules',
  strategy: ['cookie', 'preferredLanguage', 'baseLocale'],
  cookieName: 'pulse_locale',
  emitReadme: false,
  emitPrettierIgnore: false,
  // somebody may be reading the messages while they are compiled anew
  cleanOutdir: false,
};

const program = fileURLToPath(import.meta.url);
const root = join(program, '../..');
const stamp = join(root, options.outdir, '.stamp');

/** Compiles the messages of this checkout, unless that was done for these very texts. */
export function compileMessages() {
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === fingerprint()) return;
  // A process of its own: the compiler leaves timers behind that keep its process alive for half a minute.
  execFileSync(process.execPath, [program], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
}

function fingerprint() {
  const texts = readdirSync(join(root, 'messages')).sort();
  const hash = createHash('sha256');
  for (const file of [
    ...texts.map((name) => join('messages', name)),
    'project.inlang/settings.json',
    'package-lock.json',
  ])
    hash.update(readFileSync(join(root, file)));
  return hash.digest('hex');
}

if (process.argv[1] === program) {
  const { compile } = await import('@inlang/paraglide-js');
  await compile(options);
  writeFileSync(stamp, fingerprint());
  process.exit(0);
}
