import { setPlatformAPI } from 'echarts/core';

/** Widths in Inter, in parts of the font size; what is not listed is as wide as a lower-case letter. */
const widths: [RegExp, number][] = [
  [/[\s.,:;'’!|iljІіїЇ·()[\]]/u, 0.29],
  [/[ftrгт"/«»–-]/u, 0.46],
  [/[mwмшщжюыфWMШЩЖЮЫФМ—%@]/u, 0.84],
  [/[\p{Lu}+−=₽$€£]/u, 0.69],
  [/\d/u, 0.63],
];
const usual = 0.575;

const known = new Map<string, number>();

function widthOf(sign: string): number {
  const found = known.get(sign);
  if (found !== undefined) return found;
  const isWide = /[\u1100-\u11ff\u2e80-\ud7af\uf900-\uffef]|\p{Emoji_Presentation}/u.test(sign);
  const width = isWide ? 1 : (widths.find(([pattern]) => pattern.test(sign))?.[1] ?? usual);
  if (known.size < 5000) known.set(sign, width);
  return width;
}

/** Without a browser ECharts takes every Cyrillic letter for a square and cuts names that would have fitted. */
export function measureWithoutBrowser(): void {
  setPlatformAPI({
    measureText(text: string, font?: string) {
      const size = Number(/(\d+(?:\.\d+)?)px/.exec(font ?? '')?.[1] ?? 12);
      let width = 0;
      for (const sign of text) width += widthOf(sign);
      return { width: width * size };
    },
  });
}
