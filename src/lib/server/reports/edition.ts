import { m } from '../../paraglide/messages.js';
import type { FileForm } from '../../schedules.ts';
import type { Viewer } from '../../viewer.ts';
import { enclose } from './enclosures.ts';
import { fingerprint, refuse, type Asked } from './occasion.ts';
import type { Mail, Options } from './render.ts';
import { load, ReportProblem, write } from './report.ts';

/** `late` are the sources that were waited for in vain. */
export type Edition = Asked & { files?: FileForm[]; late?: string[] };

/**
 * One run of a schedule for those who see these rows: the page, its files and what is late.
 * @throws ReportProblem when it is no occasion to send, or nothing can be made
 */
export async function publish(edition: Edition, viewer: Viewer, sender?: Options['sender']): Promise<Mail> {
  const loaded = await load(edition, viewer);
  const refusal = await refuse(edition, viewer, loaded);
  if (refusal) throw new ReportProblem(refusal, false);
  // Readers with equal rights share the files, so these name whoever sends them.
  const maker = { ...viewer, name: sender?.owner ?? viewer.name };
  const { files, notes, links } = await enclose(edition, edition.files ?? [], maker);
  const { late = [] } = edition;
  const waited = late.length ? [m.mail_waited({ sources: late.join(', ') }, viewer)] : [];
  const mail = await write(loaded, viewer, { ...(sender && { sender }), notes: [...waited, ...notes] });
  return { ...mail, enclosures: files, links, fingerprint: fingerprint(loaded) };
}
