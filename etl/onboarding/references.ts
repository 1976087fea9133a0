import { fieldsOf } from '../entities.ts';
import type { StreamProposal } from './proposal.ts';
import { cellsOf, type Sample } from './sample.ts';

/**
 * Compares what streams name with what other streams list. Values that differ only in spaces, case or signs are
 * mapped to the listed ones; a list that is named by names although it has ids is keyed by its names.
 */
export function matchReferences(streams: StreamProposal[], samples: Sample[]): void {
  const valuesOf = (stream: StreamProposal, column: string): Set<string> => {
    const sample = samples.find(({ from }) => from === stream.from);
    return new Set(
      sample
        ? cellsOf(sample, column)
            .map((cell) => cell?.trim() ?? '')
            .filter(Boolean)
        : [],
    );
  };
  for (const stream of streams) {
    for (const [field, proposal] of Object.entries(stream.fields)) {
      const listed = streams.filter(({ entity }) => entity === fieldsOf(stream.entity)[field]?.ref);
      const list = listed.length === 1 ? (listed[0] as StreamProposal) : undefined;
      if (!list || list.key.length !== 1) continue;
      const named = valuesOf(stream, proposal.column);
      let ids = valuesOf(list, list.key[0] as string);
      const name = list.fields.name?.column;
      if (name && share(named, ids) < 0.2) {
        const names = valuesOf(list, name);
        if (share(named, names) < 0.5) {
          proposal.ask = `few of these values are in ${list.from}`;
          proposal.confidence *= 0.6;
          continue;
        }
        list.key = [name];
        list.keyAsk = `${stream.from} names these by name, not by id`;
        ids = names;
      }
      const map = pairUp(named, ids);
      if (Object.keys(map).length) {
        proposal.map = map;
        proposal.ask = `spelt another way in ${list.from}: ${Object.keys(map).slice(0, 5).join(', ')}`;
      }
      proposal.confidence = Math.min(0.99, proposal.confidence + 0.1 * share(named, ids));
      proposal.why += `, and ${Math.round(share(named, ids) * 100)} % of the values are in ${list.from}`;
    }
  }
}

function share(named: Set<string>, listed: Set<string>): number {
  return named.size ? [...named].filter((value) => listed.has(value)).length / named.size : 0;
}

function pairUp(named: Set<string>, listed: Set<string>): Record<string, string> {
  const plain = (value: string): string => value.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
  const byPlain = new Map([...listed].map((value) => [plain(value), value]));
  return Object.fromEntries(
    [...named].flatMap((value) => {
      const other = listed.has(value) ? undefined : byPlain.get(plain(value));
      return other ? [[value, other]] : [];
    }),
  );
}
