import { afterAll, beforeAll, expect, test } from 'vitest';
import { openCompany, type Company } from './company.ts';

let company: Company;
beforeAll(async () => {
  company = await openCompany();
});
afterAll(() => company.database.drop());

const source = `  crm:
    kind: files
    path: .
    streams:
      - from: stages.csv
        entity: stages
        key: id
        fields: { pipeline: { value: Sales }, name: id, position: position, kind: kind }
      - from: deals.csv
        entity: deals
        key: id
        cursor: changed
        fields: { created_at: changed, stage_id: stage, updated_at: changed, closed_at: closed }
      - from: events.csv
        entity: deal_stage_events
        cursor: at
        fields: { deal_id: deal, stage_id: stage, entered_at: at }
`;
const stages = 'id,position,kind\nNew,1,open\nTalk,2,open\nOffer,3,open\nWon,9,won\nLost,9,lost\n';

const reached = async (): Promise<string[]> => {
  const rows = await company.database.query<{ line: string }>(`
    select f.deal_id || ' ' || string_agg(s.name || case when is_passed then '+' else '' end
      || case when is_current then '!' else '' end || case when is_lost_here then 'x' else '' end, ' ' order by s.position) as line
    from core.fct_funnel f join core.dim_stages s using (stage_key) group by f.deal_id order by 1`);
  return rows.map(({ line }) => line);
};

test('skipped stages count as reached and passed; a lost deal stops where it was last', async () => {
  company.write('stages.csv', stages);
  company.write(
    'deals.csv',
    'id,stage,changed,closed\n1,Won,2025-01-05,2025-01-05\n2,Lost,2025-01-06,2025-01-06\n3,Talk,2025-01-07,\n4,Offer,2025-01-08,\n',
  );
  company.write(
    'events.csv',
    'deal,stage,at\n1,New,2025-01-01\n1,Offer,2025-01-02\n2,New,2025-01-01\n2,Talk,2025-01-03\n3,New,2025-01-01\n3,Talk,2025-01-02\n',
  );
  await company.load(source);
  expect(await reached()).toEqual([
    '1 New+ Talk+ Offer+',
    '2 New+ Talkx',
    '3 New+ Talk!',
    '4 New+ Talk+ Offer!',
  ]);
  const [stay] = await company.database.query(
    `select days::int from core.fct_funnel f join core.dim_stages s using (stage_key) where deal_id = '2' and s.name = 'New'`,
  );
  expect(stay).toEqual({ days: 2 });
});

test('a change of one deal derives that deal anew and leaves the others as they were', async () => {
  await company.database.query(`update core.fct_funnel set days = 777 where deal_id = '1'`);
  company.write('deals.csv', 'id,stage,changed,closed\n3,Won,2025-02-01,2025-02-01\n');
  company.write('events.csv', 'deal,stage,at\n4,New,2025-02-02\n');
  await company.load(source);
  expect(await reached()).toEqual([
    '1 New+ Talk+ Offer+',
    '2 New+ Talkx',
    '3 New+ Talk+ Offer+',
    '4 New+ Talk+ Offer!',
  ]);
  expect(
    await company.database.query(`select distinct days::int from core.fct_funnel where deal_id = '1'`),
  ).toEqual([{ days: 777 }]);
});

test('a change of a stage derives all', async () => {
  company.write('stages.csv', stages.replace('Offer,3,open', 'Offer,3,nurture'));
  await company.load(source);
  expect(await reached()).toEqual(['1 New+ Talk+', '2 New+ Talkx', '3 New+ Talk+', '4 New']);
});
