/** A page that somebody wants to find again. `href` leads to it by its own name, so that it stays when it is renamed. */
export type SavedView = {
  id: string;
  title: string;
  /** path and query of the page itself */
  target: string;
  href: string;
  is_shared: boolean;
  is_own: boolean;
  /** the page that this reader opens Pulse with */
  is_home: boolean;
  owner: string;
};

export type ViewProblem = 'title' | 'page' | 'many' | 'gone';

export const longestTitle = 120;

/** One line, whatever was pasted; null when nothing is left of it or it is too long. */
export function readTitle(text: string): string | null {
  const title = text
    .toWellFormed()
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .trim();
  return title === '' || [...title].length > longestTitle ? null : title;
}
