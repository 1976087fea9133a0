import { invalidateAll } from '$app/navigation';
import { printScreen, screenCookie } from '#lib/screen.ts';

/** How much a chart may be scaled before it is drawn anew. */
const tolerance = 0.02;
let asked = '';

/**
 * Tells the server how wide this window is, so that the next page has its charts drawn for it, and asks again for a
 * page whose charts do not fit: that of a first visit, or of a window that has been dragged.
 */
export function tellScreen(): void {
  if (matchMedia('print').matches) return;
  const screen = printScreen({ window: innerWidth, page: document.body.clientWidth });
  const secure = location.protocol === 'https:' ? '; secure' : '';
  document.cookie = `${screenCookie}=${screen}; path=/; max-age=31536000; samesite=lax${secure}`;
  const question = `${screen} ${location.href}`;
  // once: a chart that still does not fit then is only scaled
  if (asked === question || ![...document.querySelectorAll('[data-chart] > svg')].some(isMisfit)) return;
  asked = question;
  void invalidateAll();
}

function isMisfit(chart: Element): boolean {
  const { width } = (chart as SVGSVGElement).viewBox.baseVal;
  const room = chart.parentElement?.clientWidth ?? 0;
  return room > 0 && Math.abs(width / room - 1) > tolerance;
}
