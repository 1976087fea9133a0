import { printMoment } from '../company/calendar.ts';
import type { Answer, Ticket } from '../company/outside.ts';
import type { Company, Customer } from '../company/types.ts';
import type { Export } from './exports.ts';

/** The helpdesk's own store: what its API hands out, one JSON document a line, oldest change first. */
export function exportHelpdesk(company: Company): Export[] {
  const agents = new Map(company.users.map((u) => [u.id, u]));
  const tickets = [...company.tickets].sort((a, b) => a.updated - b.updated || a.id - b.id);
  const answers = [...company.answers].sort((a, b) => a.answered - b.answered || a.id - b.id);
  return [
    { path: 'helpdesk/users.jsonl', content: lines(listRequesters(company)) },
    {
      path: 'helpdesk/tickets.jsonl',
      content: lines(tickets.map((t) => show(t, agents.get(t.agent ?? 0)?.email ?? null))),
    },
    { path: 'helpdesk/answers.jsonl', content: lines(answers.map(showAnswer)) },
  ];
}

/** Who has written: known by e-mail. Where that leads to nobody or to two, someone has typed in the company's id. */
function listRequesters({ customers, tickets, switchboards }: Company): object[] {
  const has = new Set([...tickets.map((t) => t.company), ...switchboards.map((s) => s.companies[0])]);
  const twice = new Set<string>();
  const once = new Set<string>();
  for (const { email } of customers) if (email !== null) (once.has(email) ? twice : once).add(email);
  const show = (c: Customer): object => {
    const behind = switchboards.find((s) => s.companies[0] === c.id);
    const isPlain = c.email !== null && !twice.has(c.email);
    return {
      id: requester(c.id),
      name: c.name,
      email: behind ? null : c.email,
      phone: behind?.phone ?? null,
      crm_company_id: behind || isPlain ? null : c.id,
    };
  };
  return customers.filter((c) => has.has(c.id)).map(show);
}

const requester = (company: number): number => 500_000 + company;
const lines = (rows: object[]): Buffer => Buffer.from(rows.map((row) => JSON.stringify(row) + '\n').join(''));
const moment = (at: number | null): string | null => (at === null ? null : printMoment(at));

function show(t: Ticket, email: string | null): object {
  return {
    id: t.id,
    html_url: `https://help.vector-prom.example/tickets/${t.id}`,
    subject: t.subject,
    status: { new: 'new', in_progress: 'open', resolved: 'solved', rejected: 'declined' }[t.status],
    priority: { low: 'low', medium: 'normal', high: 'high', critical: 'urgent' }[t.severity],
    category: t.cause,
    via: { channel: t.channel },
    phase: t.stage,
    created_at: moment(t.opened),
    first_replied_at: moment(t.answered),
    solved_at: moment(t.resolved),
    sla_due_at: moment(t.due),
    updated_at: moment(t.updated),
    requester: { id: t.company === null ? null : requester(t.company) },
    assignee: { crm_user_id: t.agent, email },
    custom: { crm_lead_id: t.lead, crm_product_id: t.product },
  };
}

function showAnswer(a: Answer): object {
  return {
    answer_id: `nps-${a.id}`,
    survey: a.survey,
    score: a.score,
    comment: a.comment,
    submitted_at: moment(a.answered),
    crm: { company_id: a.company, manager_id: a.employee },
  };
}
