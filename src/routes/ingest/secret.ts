import { createDecipheriv, hkdfSync } from 'node:crypto';

/** Opens what `etl/connectors/webhook/seal.ts` has sealed; null with another password or for another source. */
export function open(sealed: Buffer, source: string, password: string): string | null {
  const key = Buffer.from(hkdfSync('sha256', password, '', 'pulse webhook', 32));
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, 12), { authTagLength: 16 })
      .setAAD(Buffer.from(source))
      .setAuthTag(sealed.subarray(12, 28));
    return Buffer.concat([decipher.update(sealed.subarray(28)), decipher.final()]).toString('utf8');
  } catch {
    return null;
  }
}
