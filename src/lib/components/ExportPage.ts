import { m } from '#lib/paraglide/messages.js';

/** Saves what an address answers under the name it gives. @returns why it could not, as a sentence; null when it did */
export async function save(href: string): Promise<string | null> {
  try {
    const answer = await fetch(href, { headers: { accept: 'application/pdf, application/json' } });
    if (!answer.ok) return await reasonOf(answer);
    const link = document.createElement('a');
    link.href = URL.createObjectURL(await answer.blob());
    link.download = nameOf(answer.headers.get('content-disposition') ?? '');
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
    return null;
  } catch {
    return m.exports_failed();
  }
}

async function reasonOf(answer: Response): Promise<string> {
  const said: unknown = await answer.json().catch(() => null);
  const isKnown = said !== null && typeof said === 'object' && 'message' in said && answer.status !== 500;
  return isKnown ? String(said.message) : m.exports_failed();
}

function nameOf(header: string): string {
  const [, coded] = /filename\*=UTF-8''([^;]+)/i.exec(header) ?? [];
  return coded ? decodeURIComponent(coded) : (/filename="?([^";]+)/.exec(header)?.[1] ?? 'Pulse.pdf');
}
