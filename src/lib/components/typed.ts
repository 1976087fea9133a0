/**
 * What somebody typed, chose or unfolded before the page came alive. Coming alive writes into the page what the server
 * had put there; on a slow line that is a minute's typing. So it is noted before, and given back after.
 */
type Field = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;
const unwritten = new Set(['hidden', 'file', 'submit', 'button', 'reset', 'image']);

/** How to give a field back what it holds; nothing if that is what the server sent. */
function memoryOf(field: Field): (() => void) | null {
  if (field instanceof HTMLSelectElement) {
    const { selectedIndex } = field;
    const sent = [...field.options].findIndex((option) => option.defaultSelected);
    return selectedIndex === Math.max(sent, 0) ? null : () => (field.selectedIndex = selectedIndex);
  }
  const { value } = field;
  if (field instanceof HTMLInputElement) {
    if (unwritten.has(field.type)) return null;
    if (field.type === 'checkbox' || field.type === 'radio') {
      const { checked } = field;
      return checked === field.defaultChecked ? null : () => (field.checked = checked);
    }
  }
  return value === field.defaultValue ? null : () => (field.value = value);
}

/** To be called where coming alive begins; what it returns, where it has ended. */
export function noteTyped(): () => void {
  const noted = [...document.querySelectorAll<Field>('input, textarea, select')].flatMap((field) => {
    const giveBack = memoryOf(field);
    return giveBack ? [{ field, giveBack }] : [];
  });
  const unfolded = document.querySelectorAll<HTMLDetailsElement>('details[open]');
  return () => {
    for (const details of unfolded) details.open = true;
    for (const { field, giveBack } of noted) {
      giveBack();
      // as if it were typed now: whoever listens hears of it
      field.dispatchEvent(new Event('input', { bubbles: true }));
      field.dispatchEvent(new Event('change', { bubbles: true }));
    }
  };
}
