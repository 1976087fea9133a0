/** What stands in place of a secret. */
const mask = '…';

/**
 * A text without anything that a configuration holds, in plain or encoded form, and without what looks like a
 * credential: a tap may print tokens that it got with ours.
 */
export function redact(text: string, config: unknown): string {
  let clean = text;
  const secrets = leaves(config).flatMap((value) => [
    value,
    encodeURIComponent(value),
    JSON.stringify(value).slice(1, -1),
    Buffer.from(value).toString('base64'),
  ]);
  for (const secret of [...new Set(secrets)].sort((a, b) => b.length - a.length)) {
    if (secret.length >= 3) clean = clean.replaceAll(secret, mask);
  }
  return clean
    .replace(
      /(token|secret|password|passwd|api.?key|authorization|bearer|basic)(["']?\s*[=:]\s*|\s+)\S+/gi,
      `$1 ${mask}`,
    )
    .replace(/\w+:\/\/\S+/g, mask)
    .replace(/[\w+/=.-]{24,}/g, mask);
}

function leaves(value: unknown): string[] {
  if (typeof value === 'string' || typeof value === 'number') return [String(value)];
  return value !== null && typeof value === 'object' ? Object.values(value).flatMap(leaves) : [];
}
