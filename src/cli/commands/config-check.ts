import { ConfigError, readConfig } from '../../../etl/config.ts';
import type { StreamPreview } from '../../../etl/preview.ts';
import { findPlace } from '../place.ts';
import { withWarehouse } from '../stack/session.ts';
import { createSteps } from '../steps.ts';
import { printTable } from '../table.ts';

type Options = { json?: boolean; try: boolean };

/** Checks a configuration and tries what it names. Exit codes: 2 the configuration is wrong, 1 a source is. */
export async function checkConfig(path: string, { json, try: isTried }: Options): Promise<void> {
  let config;
  try {
    config = readConfig(path);
  } catch (error) {
    if (!json || !(error instanceof ConfigError)) throw error;
    console.log(JSON.stringify({ file: path, problems: error.problems, sources: [], streams: [] }));
    process.exitCode = 2;
    return;
  }
  const names = Object.keys(config.sources);
  if (!json) console.log(`${path} is fine: ${names.join(', ')}`);
  const { previewSources } = await import('../../../etl/preview.ts');
  const streams = isTried
    ? await withWarehouse(
        findPlace({ ...process.env, PULSE_CONFIG: path }),
        createSteps(process.stderr),
        ({ warehouse }) => previewSources(config, { warehouseUrl: warehouse }),
      )
    : [];
  if (json) console.log(JSON.stringify({ file: path, problems: [], sources: names, streams }, null, 2));
  else streams.forEach(printStream);
  if (streams.some(({ error }) => error !== null)) process.exitCode = 1;
}

function printStream(preview: StreamPreview): void {
  console.log(`\n${preview.source}.${preview.stream} → ${preview.entity}`);
  if (preview.error !== null) {
    console.log(`  cannot be read: ${preview.error}`);
    return;
  }
  for (const [what, found] of Object.entries(preview.detected)) {
    console.log(`  ${what}: ${describe(found)}`);
  }
  console.log(`  columns: ${preview.columns.join(', ')}`);
  console.log(
    `  ${preview.read} rows looked at, ${preview.read - preview.quarantined} understood, ${preview.quarantined} would go to quarantine`,
  );
  for (const { field, reason, rows, position, value } of preview.problems) {
    const what = [field, value === null ? '' : `«${value}»`].filter(Boolean).join(' ');
    console.log(`  ! ${rows} × ${what}${what ? ': ' : ''}${reason} (first at ${position})`);
  }
  if (preview.rows.length)
    printTable(
      preview.rows.map(({ position, fields, problem }) => ({
        row: position,
        ...fields,
        quarantine: problem ? `${problem.field} ${problem.reason}`.trim() : null,
      })),
      32,
    );
}

function describe(found: unknown): string {
  if (found === null || typeof found !== 'object') return String(found);
  return Object.entries(found)
    .map(
      ([key, value]) =>
        `${key} ${value === '\t' ? 'tab' : typeof value === 'string' ? value : JSON.stringify(value)}`,
    )
    .join(', ');
}
