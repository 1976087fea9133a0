import { monthStart } from '../company/calendar.ts';
import type { Offer } from '../company/campaigns.ts';
import { hostileNames } from '../company/oddities.ts';
import type { Company } from '../company/types.ts';

export type Oddities = ReturnType<typeof countOddities>;

/** What is wrong with the data on purpose, counted, so that a load can be checked to the row. */
export function countOddities(company: Company) {
  const { deals, customers } = company;
  const vk = company.spend.filter((s) => (s.campaign as Offer).platform === 'vk');
  return {
    testDeals: deals.filter((d) => d.is_test).length,
    spamDeals: deals.filter((d) => d.is_spam).length,
    duplicateDeals: deals.filter((d) => d.duplicate_of !== null).length,
    deletedDeals: deals.filter((d) => d.deleted_at !== null).length,
    dealsWithoutCreation: deals.filter((d) => d.created_at === null).length,
    dealsWithoutOwner: deals.filter((d) => d.responsible_user_id === null).length,
    dealsWithoutCustomer: deals.filter((d) => d.company_id === null).length,
    dealsWithoutProduct: deals.filter((d) => d.product_id === null).length,
    dealsWithoutAmount: deals.filter((d) => d.price === null).length,
    foreignDeals: deals.filter((d) => d.currency !== 'RUB').length,
    hostileCustomers: customers.filter((c) => hostileNames.includes(c.name)).length,
    customersWithoutPhone: customers.filter((c) => c.phone === null).length,
    numbersOfTwoCustomers: company.switchboards.length,
    impossibleScores: company.answers.filter((a) => a.score > 10).length,
    repeatedSpendRows: vk.filter((s) => s.day + 1 === monthStart(s.day + 1) && s.day < company.until).length,
    refunds: company.payments.filter((p) => p.kind === 'refund').length,
  };
}
