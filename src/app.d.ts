import type { Screen } from '#lib/screen.ts';
import type { Theme } from '#lib/theme.ts';
import type { Viewer } from '#lib/viewer.ts';

declare global {
  namespace App {
    interface Locals {
      viewer: Viewer | null;
      theme: Theme;
      /** whose charts are drawn for */
      screen: Screen;
    }
    interface Error {
      message: string;
      id?: string;
    }
  }
}

export {};
