import type { Stories } from '../stories.ts';

const grouped = (value: number): string => String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ' ');
const money = (value: number): string => `${grouped(value)} RUB`;
const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
const decimal = (value: number): string => value.toFixed(1);

/** STORIES.md. Every figure comes from the data; a test writes the file again and compares. */
export function print(s: Stories): string {
  const { burning, silent, rotten, faulty, failing, generous, company } = s;
  return `# Stories in the demo company

«Вектор-Пром» sells and services compressors, pumps and generators. What follows is hidden in its systems; a good
dashboard shows each of them. Figures are for the days ${s.from} … ${s.until} and seed ${s.seed}, counted by
\`demo/stories.ts\` from the operational records (test, spam, duplicate and deleted deals left out, money at the rate
of the event's day). \`npx tsx demo/stories.ts\` writes this file anew; a test compares.

The whole: ${grouped(company.deals)} deals, ${grouped(company.won)} won for ${money(company.wonAmount)}, win rate ${percent(company.winRate)},
margin ${percent(company.margin)}, marketing spend ${money(company.spend)}, ROMI ${percent(company.romi)} (${percent(company.romiOfCampaigns)} counting only deals that
a campaign brought), ${grouped(company.calls)} calls.

## 1. A campaign burns money
**${burning.name}** (${burning.channel}), since ${burning.since}: spend ${money(burning.spend)} (number ${burning.rankByMonthlySpend} by spend a month),
${grouped(burning.leads)} leads, ${burning.won} won, gross profit ${money(burning.profit)}, ROMI ${percent(burning.romi)}. The next worst, «${burning.next.name}», has
${percent(burning.next.romi)}.

## 2. A manager does not call back
**${silent.name}**: ${grouped(silent.missed)} of ${grouped(silent.inbound)} inbound calls missed (${percent(silent.missedRate)}; the others ${percent(silent.rest.missedRate)}); ${grouped(silent.unreturned)} of these
without a call to that number within two hours (${percent(silent.unreturnedRate)}; the others ${percent(silent.rest.unreturnedRate)}). Median first response
${decimal(silent.responseMedian)} minutes; the others ${decimal(silent.rest.responseMedian)}.

## 3. Deals rot in a stage
**«${rotten.stage}»** of «${rotten.pipeline}», norm ${rotten.norm} days: median stay ${decimal(rotten.medianBefore)} days for deals that entered before ${rotten.since},
${decimal(rotten.medianAfter)} days since (a stay that goes on is counted to the end of ${s.until}). At that moment ${rotten.open} deals are in it,
${rotten.stuck} of them longer than the norm, worth ${money(rotten.stuckAmount)}.

## 4. A product's complaints rise
**${faulty.name}**: ${faulty.last} complaints in the last 90 days after ${faulty.before} in the 90 days before; ${faulty.defects} of the ${faulty.last} are defects («Брак»).
All other products together: ${faulty.restLast} after ${faulty.restBefore}.

## 5. A plan fails
**${failing.name}**, ${failing.month}: won ${money(failing.fact)} of a plan of ${money(failing.plan)} (${percent(failing.completion)}); the other teams together
${percent(failing.restCompletion)}. ${failing.left.map((u) => `${u.name} (${u.day})`).join(' and ')} left, and the plan stayed as it was. In ${failing.threeMonthsAgo.month}
the team had won ${money(failing.threeMonthsAgo.fact)}.

## 6. Turnover bought with discounts
**${generous.name}**: number ${generous.rankByDealsInTeam} of the team by deals won (${grouped(generous.won)}, ${money(generous.amount)}), number ${generous.rankByProfitInTeam} by gross profit:
margin ${percent(generous.margin)} against ${percent(generous.teamMargin)} of the colleagues. At their margin it would have been ${money(generous.givenAway)} more.

## What is wrong with the data on purpose
| what | how many |
|---|---:|
${Object.entries(s.oddities)
  .map(([name, count]) => `| ${name.replace(/[A-Z]/g, (c) => ` ${c.toLowerCase()}`)} | ${count} |`)
  .join('\n')}

A score above 10 goes to quarantine; repeated spend rows (the last day of a month, again in the next month's VK file)
are duplicates; noise among the deals is kept, flagged and left out of every measure.
`;
}
