import type { Catalogue } from '../catalogue.ts';
import { define } from '../metrics.ts';
import { operator } from '../viewer.ts';
import { askCatalogue } from './ask.ts';
import { env } from './env.ts';
import { sign } from './token.ts';

const patience = 300_000;
let known: { at: number; catalogue: Promise<Catalogue> } | null = null;

/**
 * Every metric in the model's own words, the same for every viewer. The model changes only with a new version of it:
 * what was read serves while it is read again, and if it cannot be.
 */
export function read(): Promise<Catalogue> {
  if (!known) return (known = { at: Date.now(), catalogue: forgetful(fetch()) }).catalogue;
  if (Date.now() - known.at > patience) {
    const kept = known.catalogue;
    known = { at: Date.now(), catalogue: kept };
    fetch().then(
      (fresh) => (known = { at: Date.now(), catalogue: Promise.resolve(fresh) }),
      () => undefined,
    );
  }
  return known.catalogue;
}

function forgetful(reading: Promise<Catalogue>): Promise<Catalogue> {
  reading.catch(() => (known = null));
  return reading;
}

async function fetch(): Promise<Catalogue> {
  const { cubeUrl, secret } = env();
  const catalogue = await askCatalogue({ cubeUrl, token: sign(operator, secret) });
  define(catalogue.metrics);
  return catalogue;
}
