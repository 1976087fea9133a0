#!/usr/bin/env node
// The door of a fresh clone. Old syntax on purpose: an old Node must get as far as the sentence below.
import { createRequire } from 'module';
import { pathToFileURL } from 'url';

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`Pulse needs Node.js 20.19 or newer, this is ${process.versions.node}: install one from https://nodejs.org`);
  process.exit(2);
}

import('./install.js')
  .then(({ install }) => install())
  .then((root) => {
    const require = createRequire(`${root}/package.json`);
    return import(pathToFileURL(require.resolve('tsx/esm/api')).href)
      .then(({ register }) => register())
      .then(() => import('../src/cli/main.ts'));
  })
  .then(({ main }) => main(process.argv.slice(2)))
  .catch((error) => {
    console.error(error && error.expected ? error.message : error);
    process.exit(1);
  });
