export type Key =
  { kind: 'palette' } | { kind: 'help' } | { kind: 'filter' } | { kind: 'letter'; letter: string };

/**
 * What a key press means, by the place of the key where letters are concerned: with a Russian layout the same keys do
 * the same, and the slash is a full stop there.
 */
export function readKey(
  event: Pick<KeyboardEvent, 'key' | 'code' | 'ctrlKey' | 'metaKey' | 'altKey'>,
): Key | null {
  const { key, code, ctrlKey, metaKey, altKey } = event;
  const letter = /^Key([A-Z])$/.exec(code)?.[1]?.toLowerCase() ?? null;
  if ((ctrlKey || metaKey) && !altKey) return letter === 'k' ? { kind: 'palette' } : null;
  if (ctrlKey || metaKey || altKey) return null;
  if (key === '?' || (code === 'Slash' && key === ',')) return { kind: 'help' };
  if (key === '/' || (code === 'Slash' && key === '.')) return { kind: 'filter' };
  return letter ? { kind: 'letter', letter } : null;
}

/** Into what people type, letters go in peace. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || target.closest('input, textarea, select, [role="textbox"]') !== null;
}
