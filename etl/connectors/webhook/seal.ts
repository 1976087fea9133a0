import { createCipheriv, hkdfSync, randomBytes } from 'node:crypto';

/**
 * Encrypts a secret of a source: AES-256-GCM, bound to purpose and name of the source, as nonce (12), tag (16) and
 * text. The app opens those of webhooks in `src/routes/ingest`.
 */
export function seal(secret: string, source: string, password: string, purpose = 'pulse webhook'): Buffer {
  const key = Buffer.from(hkdfSync('sha256', password, '', purpose, 32));
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(source));
  const sealed = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed]);
}
