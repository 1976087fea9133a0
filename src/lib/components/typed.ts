/**
 * What somebody typed, chose, unfolded or clicked before the page came alive. Coming alive writes into the page what
 * the server had put there, and no button that needs scripts has heard a click; on a slow line that is a minute's
 * work. So it is noted before, and given back after.
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

/** What app.html listens with until the page is alive, and where it was clicked last. */
declare global {
  interface Window {
    keepClick?: (event: MouseEvent) => void;
    keptClick?: EventTarget | null;
  }
}

/** Links, submits, disclosures and popovers have worked without us; what is left are plain buttons. */
function repeatClick(): void {
  if (!window.keepClick) return;
  removeEventListener('click', window.keepClick, true);
  const clicked = window.keptClick;
  delete window.keepClick;
  delete window.keptClick;
  if (!(clicked instanceof Element)) return;
  clicked.closest<HTMLButtonElement>('button[type="button"]:not([popovertarget])')?.click();
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
    repeatClick();
  };
}
