import contentDisposition from 'content-disposition';
import type { Frame } from './frame.ts';

const longest = 120;

/**
 * `<page> – <part>, 2026-11-01…2026-11-22.xlsx`: what a person looks for among downloads. No sign that a file system
 * or a shell gives a meaning to, and none that turns the direction of the text.
 */
export function fileName({ title, period }: Pick<Frame, 'title' | 'period'>, part: string, form: string) {
  const days = period.from && period.to ? `${period.from}…${period.to}` : period.label;
  const name = [title, part].filter(Boolean).map(plain).join(' – ');
  const room = longest - [...days].length - form.length - 3;
  return `${[...name].slice(0, room).join('').trim() || 'Pulse'}, ${plain(days)}.${form}`;
}

function plain(text: string): string {
  return text
    .toWellFormed()
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}/\\:*?"<>|]/gu, ' ')
    .replace(/\s+/g, ' ')
    .replace(/^[.\s]+|[.\s]+$/g, '');
}

/** RFC 6266: the name in ASCII for old programs, and as it is for all others (RFC 5987). */
export function disposition(name: string): string {
  return contentDisposition(name, {
    fallback: name
      .replace(/[–—]/g, '-')
      .normalize('NFKD')
      .replace(/[^ -~]/g, '_'),
  });
}
