import type { Catalogue, Definition, View } from '../../catalogue.ts';
import { grains as allGrains, timeDimension } from '../../explore.ts';
import { narrow, chosenIn } from '../../explore-steps.ts';
import type { Ask, Builder, Chip, Cut, Offer } from '../../explore-page.ts';
import { filterKeyOf } from '../../metrics.ts';
import { m } from '../../paraglide/messages.js';
import { bucketsOf } from '../../period.ts';
import { link, filterKeys } from '../../state.ts';
import { tellLack } from '../../words.ts';
import { safely } from '../safely.ts';
import { rankOf } from '../thesaurus.ts';
import type { Scope } from '../scope.ts';
import type { Question } from './question.ts';
import { startsFor } from './starts.ts';
import { list } from './values.ts';
import { valueName } from './words.ts';

const mostBuckets = 400;

/** Everything that can be asked from here. */
export async function builderOf(
  scope: Scope,
  question: Question | null,
  catalogue: Catalogue,
): Promise<Builder> {
  const { locale } = scope.style;
  const { pick } = scope.state;
  const view = question?.view ?? null;
  const cuts = question ? cutsOf(question, scope) : [];
  const find = (name: string): Cut =>
    cuts.find((one) => one.name === name) ?? { name, title: name, about: '' };
  const hasTime = question !== null && [...question.rows, question.across].includes(timeDimension);
  return {
    topics: catalogue.views
      .toSorted((a, b) => rankOf(a) - rankOf(b))
      .map((one) => ({
        view: one.name,
        title: one.title[locale],
        offers: one.metrics.filter(({ unit }) => unit !== 'time').map((metric) => offerOf(metric, scope)),
      })),
    view: view?.name ?? null,
    measures:
      question?.measures.map((one) => ({
        name: one.name,
        title: one.title[locale],
        needs: offerOf(one, scope).needs,
      })) ?? [],
    rows: question?.rows.map(find) ?? [],
    across: question?.across ? find(question.across) : null,
    cuts,
    filters: view ? filtersOf(view, scope) : [],
    chips: question ? chipsOf(question, scope) : [],
    shape: question?.shape ?? 'chart',
    grain: hasTime ? question.grain : null,
    grains: allGrains.filter((one) => !scope.range || bucketsOf(scope.range, one).length <= mostBuckets),
    dates: view ? datesOf(view, scope) : [],
    dated: pick.dated,
    asks: question ? await asksOf(question, scope) : [],
    starts: question ? [] : startsFor(scope, catalogue),
  };
}

function offerOf(
  metric: Pick<Definition, 'name' | 'title' | 'about' | 'sources' | 'needs'>,
  scope: Scope,
): Offer {
  const { locale } = scope.style;
  const { name, title, about, sources, needs } = metric;
  return {
    name,
    title: title[locale],
    about: about[locale],
    also: `${Object.values(title).join(' ')} ${name}`,
    needs: tellLack(scope.freshness.lacking({ entities: sources, needs }), locale).lack || null,
  };
}

const shortOf = (view: View, name: string) => name.slice(view.name.length + 1);

function cutsOf({ view, measures }: Question, scope: Scope): Cut[] {
  const isTimed = measures.some(({ date }) => date !== null);
  const time = { name: timeDimension, title: m.explore_time({}, scope.style), about: '' };
  const own = filtersOf(view, scope).filter(({ name }) => !view.requires.includes(name));
  return isTimed ? [time, ...own] : own;
}

/** What every page is filtered by comes first, what only tells records apart comes last. */
function cutRank(view: View, name: string): number {
  if (filterKeyOf(view.name, name)) return 0;
  return /(^|_)(id|key|url)$/.test(name) ? 2 : 1;
}

function filtersOf(view: View, { style }: Scope): Cut[] {
  const rank = ({ name }: { name: string }) => cutRank(view, shortOf(view, name));
  return view.dimensions
    .filter(({ type }) => type !== 'time')
    .toSorted((a, b) => rank(a) - rank(b))
    .map((one) => ({
      name: shortOf(view, one.name),
      title: one.title[style.locale],
      about: one.about[style.locale],
    }));
}

function datesOf(view: View, { style }: Scope): Cut[] {
  return view.dimensions
    .filter(({ type }) => type === 'time')
    .map((one) => ({
      name: shortOf(view, one.name),
      title: one.title[style.locale],
      about: one.about[style.locale],
    }));
}

/** What narrows the question, each to be taken away; what has to be chosen is no chip. */
function chipsOf(question: Question, scope: Scope): Chip[] {
  const { view } = question;
  const { state } = scope;
  const own = state.within.filter(([name]) => !view.requires.includes(name));
  const chips = own.map(([dimension, value]): Chip => {
    const rest = chosenIn(state, view.name, dimension).filter((one) => one !== value);
    const title = filtersOf(view, scope).find(({ name }) => name === dimension)?.title ?? dimension;
    return {
      dimension,
      title,
      label: valueName(question, dimension, value || null, scope),
      clear: narrow(state, view.name, dimension, rest),
    };
  });
  const everywhere = filterKeys.flatMap((key) =>
    (state.filters[key] ?? []).map((value): Chip => {
      const known = scope.filters.find((one) => one.key === key);
      const values = (state.filters[key] ?? []).filter((one) => one !== value);
      return {
        dimension: key,
        title: known?.title ?? key,
        label: known?.labels[known.values.indexOf(value)] ?? value,
        clear: link('/explore', { ...state, filters: { ...state.filters, [key]: values } }),
      };
    }),
  );
  return [...everywhere, ...chips];
}

async function asksOf({ view }: Question, scope: Scope): Promise<Ask[]> {
  const { style, state, viewer } = scope;
  const asks = view.requires.map(async (dimension): Promise<Ask> => {
    const found = await safely('explore choices', style.locale, () =>
      list(viewer, view.name, dimension, '', []),
    );
    const values = state.within.filter(([name]) => name === dimension);
    const member = view.dimensions.find(({ name }) => name === `${view.name}.${dimension}`);
    return {
      dimension,
      title: member?.title[style.locale] ?? dimension,
      about: member?.about[style.locale] ?? '',
      choices: ('value' in found ? found.value : null) ?? [],
      chosen: values.length === 1 ? (values[0]?.[1] ?? null) : null,
    };
  });
  return Promise.all(asks);
}
