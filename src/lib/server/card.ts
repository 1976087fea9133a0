import { cardPath, eventKinds, type CardChip, type CardPage } from '../card.ts';
import { m } from '../paraglide/messages.js';
import { link, print, type Dropped, type State } from '../state.ts';
import type { Viewer } from '../viewer.ts';
import { ask, numberOf } from './board.ts';
import * as events from './card/events.ts';
import * as head from './card/head.ts';
import * as people from './card/people.ts';
import { safely } from './safely.ts';
import { settle, type Scope } from './scope.ts';

/** The chosen kinds of events; all of them when none is. */
export function kindsOf({ within }: State): string[] {
  const asked = within.flatMap(([name, value]) => (name === 'kind' ? [value] : []));
  return eventKinds.filter((kind) => asked.includes(kind));
}

/**
 * A customer with the whole history as this viewer may read it; null when there is no such customer, or it is another's:
 * the two are not told apart. Whose a customer is, is Cube's to say.
 */
export async function load(
  viewer: Viewer,
  id: string,
  asked: State,
  dropped: Dropped[] = [],
): Promise<CardPage | null> {
  if (!/^\d{1,15}$/.test(id)) return null;
  const key = Number(id);
  // A card shows all that ever happened: what narrows other pages has no place here.
  const scope = await settle(viewer, { ...asked, filters: {} }, dropped);
  const found = await head.read(scope, key);
  if (!found) return null;
  const { style, state } = scope;
  const [top, who, counts, timeline] = await Promise.all([
    head.describe(scope, key, found),
    safely('card people', style.locale, () => people.load(scope, key, found.owner)),
    safely('card kinds', style.locale, () => count(scope, key)),
    events.load(scope, key, kindsOf(state)),
  ]);
  const path = cardPath(key);
  const clean = { ...state, within: [], page: 1 };
  return {
    key,
    name: found.name,
    ...style,
    timezone: scope.timezone,
    notices: scope.notices,
    ...top,
    owner: found.owner,
    people: 'value' in who ? who.value : [],
    chips: 'value' in counts ? chips(scope, path, counts.value) : [],
    all: link(path, clean),
    timeline,
    state: print(state),
    path,
  };
}

async function count(scope: Scope, key: number): Promise<Map<string, number>> {
  const rows = await ask(scope, {
    view: 'customer_history',
    measures: ['events'],
    by: ['kind'],
    where: [events.of(key)],
  });
  return new Map(rows.map((row) => [String(row['kind']), numberOf(row, 'events') ?? 0]));
}

/** A click adds a kind or takes it away; kinds that never happened are not offered. */
function chips({ state, style }: Scope, path: string, counts: Map<string, number>): CardChip[] {
  const chosen = kindsOf(state);
  const titles = {
    deal: m.card_kind_deal,
    call: m.card_kind_call,
    mail: m.card_kind_mail,
    meeting: m.card_kind_meeting,
    complaint: m.card_kind_complaint,
    survey: m.card_kind_survey,
    money: m.card_kind_money,
    visit: m.card_kind_visit,
  };
  return eventKinds.flatMap((kind) => {
    const number = counts.get(kind) ?? 0;
    const isChosen = chosen.includes(kind);
    if (number === 0 && !isChosen) return [];
    const next = isChosen ? chosen.filter((one) => one !== kind) : [...chosen, kind];
    const within = eventKinds
      .filter((one) => next.includes(one))
      .map((one): [string, string] => ['kind', one]);
    return {
      key: kind,
      title: titles[kind]({}, style),
      count: number,
      href: link(path, { ...state, within, page: 1 }),
      is_chosen: isChosen,
    };
  });
}
