import type { Theme } from '#lib/theme.ts';
import type { Viewer } from '#lib/viewer.ts';

declare global {
  namespace App {
    interface Locals {
      viewer: Viewer | null;
      theme: Theme;
    }
    interface Error {
      message: string;
      id?: string;
    }
  }
}

export {};
