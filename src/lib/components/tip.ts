import type { Tip } from '#lib/charts/tip.ts';

/** The tooltip as elements, with the look in app.css classes. */
export function drawTip(tip: Tip | null): HTMLElement {
  const box = element('div', 'chart-tip');
  if (!tip) return box;
  box.append(element('p', 'chart-tip-title', tip.title));
  for (const { role, title, value } of tip.lines) {
    const line = element('p', `chart-tip-line ${role}`);
    line.append(element('span', 'chart-tip-name', title), element('strong', '', value));
    box.append(line);
  }
  if (tip.change) box.append(element('p', 'chart-tip-change', tip.change));
  return box;
}

function element(tag: string, name: string, text = ''): HTMLElement {
  const made = document.createElement(tag);
  made.className = name;
  made.textContent = text;
  return made;
}
