import { stringify } from 'yaml';
import { fieldsOf, type EntityName } from '../entities.ts';
import { missingFields, type FieldProposal, type Proposal, type StreamProposal } from './propose.ts';

/** What may stand in for a required field that no column holds, so that the rest can be tried. */
const constants: Partial<Record<EntityName, Record<string, string>>> = {
  calls: { direction: 'in', disposition: 'answered' },
  activities: { kind: 'task' },
  complaints: { status: 'new' },
  plans: { metric: 'won_amount', scope_kind: 'company' },
};

export type Origin =
  { kind: 'files'; name: string; path: string } | { kind: 'sql'; name: string; variable: string };

/** A `pulse.yaml` of a proposal; comments tell how sure each line is and what has to be decided. */
export function writeConfig(proposal: Proposal, origin: Origin): string {
  const lines = [
    '# Proposed by "pulse config init" from names and values. The percentages say how sure each line is.',
    '# "pulse config check" shows the first rows as they would be loaded.',
    `reporting:`,
    `  timezone: ${proposal.timezone} # check: the zone that days and months are cut in`,
    `  currency: ${proposal.currency} # check: what reports are in`,
    'sources:',
    `  ${origin.name}:`,
  ];
  if (origin.kind === 'files') lines.push('    kind: files', `    path: ${scalar(origin.path)}`);
  else
    lines.push(
      '    kind: sql',
      `    connection: \${${origin.variable}} # the address stays in the environment: it holds a password`,
    );
  lines.push('    streams:');
  for (const stream of proposal.streams) lines.push(...writeStream(stream));
  if (proposal.skipped.length) {
    lines.push('', '# Not taken:');
    for (const { from, why } of proposal.skipped) lines.push(`#   ${from}: ${why}`);
  }
  return `${lines.join('\n')}\n`;
}

function writeStream(stream: StreamProposal): string[] {
  const missing = missingFields(stream);
  const lines = [
    `      - from: ${scalar(stream.from)}`,
    `        entity: ${stream.entity} # ${percent(stream.confidence)}`,
  ];
  if (stream.name) lines.push(`        name: ${stream.name}`);
  for (const [key, value] of Object.entries(stream.reading ?? {}))
    lines.push(`        ${key}: ${scalar(value)}`);
  if (stream.key.length) {
    const key = stream.key.length === 1 ? scalar(stream.key[0] as string) : flow(stream.key);
    lines.push(`        key: ${key}${stream.keyAsk ? ` # ? ${stream.keyAsk}` : ''}`);
  }
  if (stream.empty) lines.push(`        empty: ${flow(stream.empty)}`);
  if (stream.cursor) lines.push(`        cursor: ${scalar(stream.cursor)}`);
  lines.push('        fields:');
  const order = Object.keys(fieldsOf(stream.entity));
  const fields = Object.entries(stream.fields).sort(([a], [b]) => order.indexOf(a) - order.indexOf(b));
  for (const [field, proposal] of fields) {
    lines.push(
      `          ${field}: ${writeSpec(proposal)} # ${percent(proposal.confidence)} ${proposal.why}`,
    );
    if (proposal.ask) lines.push(`          # ? ${field}: ${oneLine(proposal.ask)}`);
  }
  for (const field of missing) {
    const constant = constants[stream.entity]?.[field];
    if (constant)
      lines.push(`          ${field}: { value: ${constant} } # 10 % a constant, for nothing was found`);
    else lines.push(`          # ? ${field}: needed, and nothing was found for it`);
  }
  if (stream.unused.length) lines.push(`          # not used: ${oneLine(stream.unused.join(', '))}`);
  return lines;
}

/** The spec of a field as configuration takes it. */
export function toSpec(proposal: FieldProposal): string | Record<string, unknown> {
  const { column, format, decimal, divide, map, value } = proposal;
  if (value !== undefined) return { value };
  if (!format && !decimal && !divide && !map) return column;
  const number = { ...(decimal && { decimal }), ...(divide && { divide }) };
  return {
    from: column,
    ...(format && { format }),
    ...((decimal || divide) && { number }),
    ...(map && { map }),
  };
}

function writeSpec(proposal: FieldProposal): string {
  const spec = toSpec(proposal);
  return typeof spec === 'string' ? scalar(spec) : flow(spec);
}

const percent = (share: number): string => `${Math.round(Math.min(1, Math.max(0, share)) * 100)} %`;
const oneLine = (text: string): string => text.replace(/\s+/g, ' ');
const flow = (value: unknown): string =>
  stringify(value, { collectionStyle: 'flow', lineWidth: 0, defaultStringType: 'PLAIN' }).trim();
const scalar = (text: string): string => stringify(text, { lineWidth: 0 }).trim();
