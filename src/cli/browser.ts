export { findBrowser } from '../lib/server/exports/browser.ts';
