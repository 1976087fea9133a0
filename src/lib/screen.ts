/** A reader's window in pixels: `window` is what media queries see, `page` is what its scrollbar leaves. */
export type Screen = { window: number; page: number };

export const screenCookie = 'pulse_screen';

const desk: Screen = { window: 1440, page: 1425 };
const phone: Screen = { window: 390, page: 390 };
/** A4 at the scale of a print: what a browser that prints is opened with. */
export const sheet: Screen = { window: 1015, page: 1015 };

/** What the browser has said, else what most screens of its kind are; never narrower or wider than there are. */
export function readScreen(text: string | undefined, agent: string): Screen {
  const [, window, page] = /^(\d{1,5})x(\d{1,5})$/.exec(text ?? '') ?? [];
  if (!window || !page) return /\bMobi/.test(agent) ? phone : desk;
  const within = (value: string) => Math.min(3840, Math.max(280, Number(value)));
  return { window: within(window), page: Math.min(within(page), within(window)) };
}

export const printScreen = ({ window, page }: Screen): string => `${window}x${page}`;
