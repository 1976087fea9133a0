import { describe, type Definition, type RawMeta } from '#lib/catalogue.ts';

type Short = { aggType: string; time?: string; unit?: string; sources?: string[]; needs?: string[] | 'any' };

const both = { title_ru: 'По-русски', description_ru: 'Что это' };

function measure(name: string, { aggType, unit = 'count', ...meta }: Short) {
  const words = { formula: 'f', formula_en: 'words', formula_ru: 'слова' };
  return {
    name,
    aggType,
    shortTitle: 'In English',
    description: 'What it is',
    meta: { ...both, ...words, ...meta, unit, direction: 'up' as const },
  };
}

function view(name: string, sources: string[], time: string, measures: ReturnType<typeof measure>[]) {
  const meta = { ...both, grain: 'row', grain_ru: 'строка', owner: 'sales' as const, sources, time };
  const dimensions = [{ name: `${name}.${time}`, shortTitle: 'Day', description: 'A day', meta: both }];
  return { name, title: 'View', description: 'A view', meta, measures, dimensions };
}

/** What Cube's `/v1/meta` says, cut down to a few metrics. */
export const meta: RawMeta = {
  cubes: [
    view('sales', ['deals'], 'closed_at', [
      measure('sales.won_amount', { aggType: 'sum', unit: 'money' }),
      measure('sales.deals_won', { aggType: 'count' }),
      measure('sales.conversion', { aggType: 'number', unit: 'ratio', time: 'created_at' }),
    ]),
    view('marketing', ['marketing_spend'], 'date', [
      measure('marketing.romi', { aggType: 'number', sources: ['marketing_spend', 'deals'] }),
    ]),
    view('activity', ['activities'], 'date', [
      measure('activity.contacts', { aggType: 'count', sources: ['calls', 'activities'], needs: 'any' }),
    ]),
    view('attribution', ['deals', 'touchpoints'], 'date', [
      measure('attribution.leads', { aggType: 'sum', sources: ['deals', 'touchpoints'], needs: ['deals'] }),
    ]),
    view('service', ['complaints'], 'opened_at', [
      measure('service.open', { aggType: 'count', time: 'none' }),
    ]),
  ],
};

export const definitions: Map<string, Definition> = describe(meta).metrics;
