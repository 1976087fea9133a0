import { readFileSync } from 'node:fs';
import { startCube, type Cube } from '../integration/cube/server.ts';
import { createDatabase, type Database } from './database.ts';

export type SmallCompany = { database: Database; cube: Cube; close(): Promise<void> };

const folder = new URL('../integration/cube/', import.meta.url);

/**
 * The small company made by arithmetic, with Cube over it. Give `close` back from `beforeAll`, and vitest calls it.
 * @param prepare what else happens before Cube starts
 */
export async function openSmallCompany(
  prepare: (database: Database) => Promise<unknown> = () => Promise.resolve(),
): Promise<SmallCompany> {
  const database = await createDatabase();
  try {
    await database.query(readFileSync(new URL('company.sql', folder), 'utf8'));
    await prepare(database);
    const cube = await startCube(database.url);
    return { database, cube, close: async () => void (await cube.stop(), await database.drop()) };
  } catch (error) {
    await database.drop();
    throw error;
  }
}
