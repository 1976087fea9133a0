import { writeFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { printDay } from './company/calendar.ts';
import { SEED, setScene, simulate } from './company/simulate.ts';
import type { Company } from './company/types.ts';
import { read, type Books } from './stories/books.ts';
import { findBurner } from './stories/campaigns.ts';
import { findFault } from './stories/complaints.ts';
import { sum } from './stories/figures.ts';
import { findGenerous, findSilent } from './stories/managers.ts';
import { countOddities, type Oddities } from './stories/oddities.ts';
import { findFailing } from './stories/plans.ts';
import { print } from './stories/print.ts';
import { findRot } from './stories/stages.ts';

export type Stories = {
  from: string;
  until: string;
  seed: number;
  company: ReturnType<typeof sumUp>;
  burning: ReturnType<typeof findBurner>;
  silent: ReturnType<typeof findSilent>;
  rotten: ReturnType<typeof findRot>;
  faulty: ReturnType<typeof findFault>;
  failing: ReturnType<typeof findFailing>;
  generous: ReturnType<typeof findGenerous>;
  oddities: Oddities;
};

/** Looks for the stories as an analyst would: by the figures, not by knowing whom we made up. */
export function tell(company: Company): Stories {
  const books = read(company);
  return {
    from: printDay(company.from),
    until: printDay(company.until),
    seed: company.seed,
    company: sumUp(company, books),
    burning: findBurner(company, books),
    silent: findSilent(company, books),
    rotten: findRot(company, books),
    faulty: findFault(company),
    failing: findFailing(company, books),
    generous: findGenerous(company, books),
    oddities: countOddities(company),
  };
}

function sumUp(company: Company, { sales, costs }: Books) {
  const won = sales.filter((s) => s.type === 'won');
  const lost = sales.filter((s) => s.type === 'lost');
  const amount = sum(won, (s) => s.amount);
  const spend = sum(costs, (c) => c.cost);
  const profit = sum(won, (s) => s.profit);
  const campaign = sum(
    won.filter((s) => s.campaign !== null),
    (s) => s.profit,
  );
  return {
    deals: sales.length,
    won: won.length,
    wonAmount: amount,
    winRate: won.length / (won.length + lost.length),
    margin: profit / amount,
    spend,
    romi: (profit - spend) / spend,
    romiOfCampaigns: (campaign - spend) / spend,
    calls: company.calls.length,
  };
}

/** `npx tsx demo/stories.ts [YYYY-MM-DD]` writes STORIES.md anew. */
if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const until = process.argv[2] ?? '2026-10-31';
  const path = fileURLToPath(new URL('STORIES.md', import.meta.url));
  writeFileSync(path, print(tell(simulate(setScene({ until, seed: SEED })))));
  console.log(`${path}: figures for ${until}`);
}
