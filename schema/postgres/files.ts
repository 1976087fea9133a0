import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';

export function writeAtomically(file: string, text: string | Uint8Array, mode = 0o644): void {
  const draft = `${file}.${process.pid}.tmp`;
  const handle = openSync(draft, 'w', mode);
  writeFileSync(handle, text);
  fsyncSync(handle);
  closeSync(handle);
  renameSync(draft, file);
}

/** A secret made once and kept; only its owner may read it. */
export function keepSecret(file: string): string {
  if (existsSync(file)) return readFileSync(file, 'utf8').trim();
  const secret = randomBytes(24).toString('base64url');
  writeAtomically(file, `${secret}\n`, 0o600);
  return secret;
}

/** The log of the last run stays as .1; a part starts with an empty one. */
export function rotate(file: string): void {
  if (existsSync(file)) renameSync(file, `${file}.1`);
}
