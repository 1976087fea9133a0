import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findPlace } from '../../../src/cli/place.ts';

const root = mkdtempSync(join(tmpdir(), 'pulse place '));

test('without a configuration the demo lives in .pulse', () => {
  expect(findPlace({}, root, root)).toEqual({ root, home: join(root, '.pulse'), config: null });
});

test('each configuration has a home of its own, the same every time', () => {
  const one = findPlace({ PULSE_CONFIG: 'one/pulse.yaml' }, root, root);
  const two = findPlace({ PULSE_CONFIG: 'two/pulse.yaml' }, root, root);
  expect(one.config).toBe(join(root, 'one/pulse.yaml'));
  expect(one.home).toMatch(/\.pulse\/homes\/one-[0-9a-f]{8}$/);
  expect(two.home).not.toBe(one.home);
  expect(findPlace({ PULSE_CONFIG: join(root, 'one/pulse.yaml') }, '/', root)).toEqual(one);
});

test('PULSE_HOME is taken exactly', () => {
  const place = findPlace({ PULSE_HOME: '/somewhere/else', PULSE_CONFIG: 'one/pulse.yaml' }, root, root);
  expect(place.home).toBe('/somewhere/else');
});

test('a pulse.yaml beside package.json is found, and does not share the demo home', () => {
  writeFileSync(join(root, 'pulse.yaml'), '');
  const place = findPlace({}, '/', root);
  expect(place.config).toBe(join(root, 'pulse.yaml'));
  expect(place.home).not.toBe(join(root, '.pulse'));
});
