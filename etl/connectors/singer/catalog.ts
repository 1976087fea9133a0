import { SourceError } from '../connector.ts';

type Entry = {
  stream?: string;
  tap_stream_id?: string;
  schema?: Record<string, unknown>;
  metadata?: { breadcrumb: string[]; metadata: Record<string, unknown> }[];
};

/**
 * The catalog that a tap told of itself, with the wanted streams selected and the others not: taps give nothing that
 * is not selected. Older ones look at the schema, newer ones at the metadata.
 */
export function select(told: string, wanted: string[]): string {
  const entries = read(told);
  const names = entries.map((entry) => [entry.stream, entry.tap_stream_id]);
  const missing = wanted.filter((name) => !names.some((own) => own.includes(name)));
  if (missing.length)
    throw new SourceError(
      `the tap has no stream ${missing.join(', ')}; it has ${entries.map(({ stream, tap_stream_id }) => stream ?? tap_stream_id).join(', ')}`,
      'lasting',
    );
  const streams = entries.map((entry) => {
    const selected = wanted.some((name) => name === entry.stream || name === entry.tap_stream_id);
    const metadata = entry.metadata ?? [];
    const whole = metadata.find(({ breadcrumb }) => breadcrumb.length === 0);
    const fields = metadata.filter((each) => each !== whole);
    return {
      ...entry,
      schema: { ...entry.schema, selected },
      metadata: [
        { breadcrumb: [], metadata: { ...whole?.metadata, selected } },
        ...fields.map((field) =>
          selected && field.metadata.inclusion !== 'unsupported'
            ? { ...field, metadata: { ...field.metadata, selected: true } }
            : field,
        ),
      ],
    };
  });
  return JSON.stringify({ streams });
}

function read(told: string): Entry[] {
  try {
    const { streams } = JSON.parse(told) as { streams?: unknown };
    if (Array.isArray(streams)) return streams as Entry[];
  } catch {
    // told below
  }
  throw new SourceError('the tap told no catalog when asked with --discover: give it as «catalog»');
}
