import { csvSource, openCompany, type Company } from '../etl/company.ts';
import type { RunSummary } from '../../../etl/run.ts';

/** What a load of one bad file came to: its counts, what waits in quarantine, and the rules that the run names. */
export type Outcome = {
  status: RunSummary['status'];
  error: string | null;
  counts: RunSummary['streams'][number] | undefined;
  quarantine: { position: string; field: string; value: string | null; reason: string }[];
  rules: Record<string, number>;
};

export type Bench = Company & {
  /** loads one file as one entity, in a source of its own unless it is named */
  take(entity: string, file: string, fields: string, more?: string, name?: string): Promise<Outcome>;
  outcome(run: RunSummary | undefined): Promise<Outcome>;
  rows<T extends object>(sql: string): Promise<T[]>;
};

let count = 0;

export async function openBench(): Promise<Bench> {
  const company = await openCompany();
  const outcome = async (run: RunSummary | undefined): Promise<Outcome> => {
    const name = run?.source;
    const quarantine = await company.database.query<Outcome['quarantine'][number]>(
      `select position, field, value, reason from ops.quarantine
       where source = $1 and resolved_at is null order by position`,
      [name],
    );
    const [record] = await company.database.query<{ rules: Record<string, number> | null }>(
      `select s.detected -> 'rules' as rules from ops.run_streams s join ops.runs r using (run_id)
       where r.source = $1 order by r.run_id desc limit 1`,
      [name],
    );
    for (const s of run?.streams ?? []) {
      if (s.read !== s.inserted + s.updated + s.unchanged + s.duplicate + s.quarantined)
        throw new Error(`${s.stream} does not add up: ${JSON.stringify(s)}`);
    }
    return {
      status: run?.status ?? 'failed',
      error: run?.error ?? null,
      counts: run?.streams[0],
      quarantine,
      rules: record?.rules ?? {},
    };
  };
  return {
    ...company,
    outcome,
    take: async (entity, file, fields, more, name = `source_${++count}`) => {
      const [run] = await company.load(csvSource(name, entity, file, fields, more));
      return outcome(run);
    },
    rows: (sql) => company.database.query(sql) as Promise<never[]>,
  };
}

/** Products by id and name: the simplest of files. */
export const names = '{ source_id: id, name: name }';
