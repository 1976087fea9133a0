import { createCipheriv, hkdfSync, randomBytes } from 'node:crypto';

/**
 * Encrypts the secret of a webhook source for the app: AES-256-GCM, bound to the name of the source, as nonce (12),
 * tag (16) and text. `src/routes/ingest` opens it.
 */
export function seal(secret: string, source: string, password: string): Buffer {
  const key = Buffer.from(hkdfSync('sha256', password, '', 'pulse webhook', 32));
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(source));
  const sealed = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed]);
}
