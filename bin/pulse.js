#!/usr/bin/env node
// The door of a fresh clone. Old syntax on purpose: an old Node must get as far as the sentence below.
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(
    `Pulse needs Node.js 20.19 or newer, this is ${process.versions.node}: install one from https://nodejs.org`,
  );
  process.exit(2);
}

import('./install.js')
  .then(({ install }) => install())
  .then(() => import('tsx/esm/api'))
  // In this very process: signals, exit code and streams stay exactly what they are.
  .then(({ register }) => register())
  .then(() => import('../src/cli/main.ts'))
  .then(({ main }) => main(process.argv.slice(2)))
  .catch((error) => {
    console.error(error && error.expected ? error.message : error);
    process.exit(1);
  });
