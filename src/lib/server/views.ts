import type { Viewer } from '../viewer.ts';
import { readTitle, type SavedView, type ViewProblem } from '../views.ts';
import { warehouse } from './warehouse.ts';

type Row = {
  id: string;
  owner_id: string;
  owner: string;
  title: string;
  page: string;
  state: string;
  is_shared: boolean;
  is_home: boolean;
};

export type NewView = { title: string; page: string; state: string; is_shared: boolean; is_home: boolean };
type Done = { problem: ViewProblem } | { id: string };

const most = 200;
const longestState = 4000;

/** Views this person may open: the own ones first, then those that colleagues share. A view is an address and no more. */
export async function list(viewer: Viewer): Promise<SavedView[]> {
  const rows = await visible(viewer);
  return rows.map((row) => describe(row, viewer));
}

export async function find(viewer: Viewer, id: string): Promise<SavedView | null> {
  if (!isId(id)) return null;
  const [row] = await visible(viewer, id);
  return row ? describe(row, viewer) : null;
}

/** What this person opens Pulse with; null when that is the company's page, or the view is no longer shared. */
export async function homeOf(viewer: Viewer): Promise<SavedView | null> {
  const chosen = await warehouse()<{ user_id: string; view_id: string }>('app.home_views')
    .first('view_id')
    .where({ user_id: viewer.user_id });
  return chosen ? find(viewer, chosen.view_id) : null;
}

export async function add(
  viewer: Viewer,
  { title, page, state, is_shared, is_home }: NewView,
): Promise<Done> {
  const name = readTitle(title);
  if (name === null) return { problem: 'title' };
  if (!/^\/(?![/\\])/.test(page) || page.length > 300 || state.length > longestState)
    return { problem: 'page' };
  const { rows } = await warehouse().raw<{ rows: { id: string }[] }>(
    `insert into app.saved_views (owner_id, title, page, state, is_shared)
     select :owner, :name, :page, :state, :is_shared
      where (select count(*) from app.saved_views where owner_id = :owner) < :most
     returning id`,
    { owner: viewer.user_id, name, page, state, is_shared, most },
  );
  const [row] = rows;
  if (!row) return { problem: 'many' };
  if (is_home) await chooseHome(viewer, row.id);
  return row;
}

/** Only the owner changes a view. */
export async function change(
  viewer: Viewer,
  id: string,
  { title, is_shared }: Pick<NewView, 'title' | 'is_shared'>,
): Promise<Done> {
  const name = readTitle(title);
  if (name === null) return { problem: 'title' };
  const count = isId(id)
    ? await own(viewer, id).update({ title: name, is_shared, updated_at: new Date() })
    : 0;
  return count > 0 ? { id } : { problem: 'gone' };
}

export async function remove(viewer: Viewer, id: string): Promise<Done> {
  const count = isId(id) ? await own(viewer, id).delete() : 0;
  return count > 0 ? { id } : { problem: 'gone' };
}

/** null is the way back to the company's page. */
export async function chooseHome(viewer: Viewer, id: string | null): Promise<Done> {
  const { user_id } = viewer;
  if (id === null) {
    await warehouse()('app.home_views').where({ user_id }).delete();
    return { id: '' };
  }
  if (!(await find(viewer, id))) return { problem: 'gone' };
  await warehouse()('app.home_views').insert({ user_id, view_id: id }).onConflict('user_id').merge();
  return { id };
}

function own({ user_id }: Viewer, id: string) {
  return warehouse()('app.saved_views').where({ id, owner_id: user_id });
}

async function visible({ user_id }: Viewer, id: string | null = null): Promise<Row[]> {
  const { rows } = await warehouse().raw<{ rows: Row[] }>(
    `select v.id, v.owner_id, u.name as owner, v.title, v.page, v.state, v.is_shared, h.user_id is not null as is_home
       from app.saved_views v
       join app.users u on u.id = v.owner_id
       left join app.home_views h on h.view_id = v.id and h.user_id = :user_id
      where (v.owner_id = :user_id or v.is_shared and not u.is_disabled) and (cast(:id as uuid) is null or v.id = cast(:id as uuid))
      order by v.owner_id <> :user_id, lower(v.title), v.id`,
    { user_id, id },
  );
  return rows;
}

function describe({ page, state, owner_id, owner, ...row }: Row, { user_id }: Viewer): SavedView {
  // a bare "/" means "my home", which this view may be
  const query = state || (page === '/' ? 'period=this_month' : '');
  const { id, title, is_shared, is_home } = row;
  const target = query ? `${page}?${query}` : page;
  return { id, title, is_shared, is_home, owner, target, href: `/views/${id}`, is_own: owner_id === user_id };
}

const isId = (id: string) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id);
