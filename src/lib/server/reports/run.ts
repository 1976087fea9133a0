import { setTimeout as sleep } from 'node:timers/promises';
import type { Viewer } from '../../viewer.ts';
import { dataVersion } from '../cube.ts';
import { log } from '../log.ts';
import { rightsKey } from '../token.ts';
import * as letter from '../incidents/letter.ts';
import * as viewers from '../viewers.ts';
import * as alarm from './alarm.ts';
import * as bounces from './bounces.ts';
import { publish } from './edition.ts';
import * as failures from './failures.ts';
import { lateSources } from './fresh.ts';
import { isSame } from './occasion.ts';
import { isWanted } from './recipients.ts';
import { wayOut } from './unsubscribe.ts';
import type { Part } from '../../schedules.ts';
import * as deliveries from './deliveries.ts';
import { leaseSeconds, type Delivery, type ReportDelivery } from './deliveries.ts';
import { isAddress, MailProblem, messageId, open, type Mailer } from './mail.ts';
import { oneLine, type Outcome } from './outcome.ts';
import type { Mail } from './render.ts';
import { ReportProblem } from './report.ts';
import * as schedules from './schedules.ts';

export type Runner = {
  /** Starts what is due and sends until nothing is left; a tick that comes meanwhile joins the running one. */
  tick(): Promise<void>;
  /** Begins nothing new and waits for what is being sent. */
  stop(patience?: number): Promise<void>;
};

type Options = {
  worker: string;
  /** how many are made and sent side by side */
  hands?: number;
  /** seconds after which what a silent worker holds is free again */
  lease?: number;
  openMailer?: () => Mailer;
  makeReport?: typeof publish;
};

const longestSend = 120_000;
const minute = 60_000;
const mostShown = 20;
/** More than any row of pauses: only a letter that ends the worker that makes it is claimed so often. */
const mostClaims = 12;

export function createRunner({
  worker,
  hands = 5,
  lease = leaseSeconds,
  openMailer = open,
  makeReport = publish,
}: Options): Runner {
  const shared = new Shared(makeReport);
  let mailer: Mailer | null = null;
  let running: Promise<void> | null = null;
  let stopping = false;

  const work = async () => {
    while ((await schedules.materialise()) > 0);
    await failures.tell();
    await Promise.all(
      Array.from({ length: hands }, async () => {
        while (!stopping) {
          const delivery = await deliveries.claim(worker, lease);
          if (!delivery) return;
          await deliver(delivery);
        }
      }),
    );
  };

  /** The mail; a sentence when nobody should get it. */
  const write = async (delivery: Delivery): Promise<Mail | string> => {
    if (delivery.event === 'failures') return failures.compose(delivery);
    if (delivery.event !== null) {
      const { incident_id, event, user_id, locale, rule } = delivery;
      const isSource =
        incident_id !== null && alarm.isOfSource(rule) && (event === 'opened' || event === 'resolved');
      return isSource
        ? alarm.compose(incident_id, event, user_id, locale)
        : letter.compose({ ...delivery, event });
    }
    const viewer = await viewerOf(delivery);
    if (typeof viewer === 'string') return viewer;
    // Without a mail server there is no use in counting anything.
    mailer ??= openMailer();
    const late = delivery.fresh_within > 0 ? await lateSources() : [];
    const mail = await shared.get(delivery, viewer, late);
    const { send_when, schedule_id, recipient } = delivery;
    const mark = send_when === 'changed' ? (mail.fingerprint ?? null) : null;
    return mark && (await isSame(schedule_id, recipient, mark))
      ? 'Nothing has changed since the last report.'
      : mail;
  };

  /** Until when data that are late are waited for; null when there is nothing to wait for any more. */
  const waits = async ({ run_at, fresh_within }: ReportDelivery) => {
    const limit = run_at.getTime() + fresh_within * 60_000;
    if (Date.now() >= limit) return null;
    const late = await lateSources();
    return late.length ? { late, until: new Date(Math.min(limit, Date.now() + minute)) } : null;
  };

  const deliver = async (delivery: Delivery) => {
    try {
      if (delivery.attempts > mostClaims)
        return await deliveries.markFailed(
          delivery,
          `Given up after ${mostClaims} tries: each time the worker ended before it was done.`,
        );
      if (delivery.is_paused) return await deliveries.markDiscarded(delivery, deliveries.paused);
      const wait = delivery.event === null ? await waits(delivery) : null;
      if (wait)
        return await deliveries.postpone(
          delivery,
          `Waits for fresh data: ${wait.late.join(', ')}`,
          wait.until,
        );
      const mail = await write(delivery);
      if (typeof mail === 'string') return await deliveries.markDiscarded(delivery, mail);
      mailer ??= openMailer();
      await mailer.turn();
      if (stopping) return await deliveries.release(delivery);
      // Another worker may have taken it over while this one was slow.
      if (!(await deliveries.hold(delivery, lease))) return;
      const id = messageId(nameOf(delivery), mailer.from.address);
      const outcome = await send(mailer, {
        ...mail,
        to: delivery.recipient,
        messageId: id,
        ...(delivery.event === null && {
          shown: shownOf(delivery),
          reader: delivery.user_id ?? delivery.owner_id,
          wayOut: wayOut(delivery.schedule_id, delivery.recipient),
        }),
      });
      if (outcome.kind === 'sent')
        await deliveries.markSent(delivery, id, {
          answer: outcome.response,
          fingerprint: mail.fingerprint ?? null,
        });
      else if (outcome.kind === 'retry') await deliveries.retryLater(delivery, outcome.cause);
      else {
        await deliveries.markFailed(delivery, outcome.cause);
        if (outcome.isOfAddress) await bounces.count(delivery.id);
      }
    } catch (error) {
      await fail(delivery, error);
    }
  };

  return {
    tick() {
      if (stopping) return Promise.resolve();
      running ??= work().finally(() => (running = null));
      return running;
    },
    async stop(patience = 4000) {
      stopping = true;
      await Promise.race([running?.catch(() => undefined), sleep(patience, undefined, { ref: false })]);
      mailer?.close();
    },
  };
}

function nameOf(delivery: Delivery): string {
  const { run_at, recipient } = delivery;
  const of =
    delivery.event === null
      ? delivery.schedule_id
      : `${delivery.incident_id} ${delivery.event}${delivery.round ? ` ${delivery.round}` : ''}`;
  return `${of}|${run_at.toISOString()}|${recipient}`;
}

/** Whose rows the recipient gets; a sentence when there is nobody to get them. */
async function viewerOf(delivery: ReportDelivery): Promise<Viewer | string> {
  const { user_id, recipients, owner_id, locale } = delivery;
  if (!(await isWanted(recipients, delivery))) return 'The address is no longer among the recipients.';
  const viewer = await viewers.find(user_id ?? owner_id);
  if (!viewer) return user_id ? failures.closed : "The account of the schedule's owner is closed.";
  return failures.hasRows(viewer) ? { ...viewer, locale } : failures.noRows;
}

/** The addresses that all copies name; a long list, or one that a group makes, is nobody else's business. */
function shownOf({ recipients, recipient }: ReportDelivery): { to: string[]; cc: string[] } {
  const of = (part: Part) =>
    recipients
      .filter((one) => (one.part ?? 'to') === part && !one.group && isAddress(one.email.trim()))
      .map(({ email }) => email.trim().toLowerCase());
  const shown = { to: of('to'), cc: of('cc') };
  const count = shown.to.length + shown.cc.length;
  const isOpen = recipients.some(({ part }) => part === 'cc') && count <= mostShown && shown.to.length > 0;
  return isOpen ? shown : { to: [recipient], cc: [] };
}

async function send(mailer: Mailer, message: Parameters<Mailer['send']>[0]): Promise<Outcome> {
  const late = sleep(longestSend, null, { ref: false }).then((): Outcome => ({
    kind: 'retry',
    cause: 'The mail server did not finish in time',
  }));
  return Promise.race([mailer.send(message), late]);
}

async function fail(delivery: Delivery, error: unknown): Promise<void> {
  if (error instanceof MailProblem) return deliveries.markFailed(delivery, error.message);
  if (error instanceof ReportProblem) {
    return error.isPassing
      ? deliveries.retryLater(delivery, error.message)
      : deliveries.markDiscarded(delivery, error.message);
  }
  log.error({ err: error, delivery: delivery.id }, 'A report could not be delivered');
  const cause = error instanceof Error ? error.message : String(error);
  return deliveries.retryLater(delivery, `Unexpected: ${oneLine(cause)}`);
}

/** Recipients with equal rights and language get the very same mail, so it is made once. */
class Shared {
  readonly #made = new Map<string, Promise<Mail>>();
  readonly #make: typeof publish;
  readonly #most = 64;

  constructor(makeReport: typeof publish) {
    this.#make = makeReport;
  }

  async get(delivery: ReportDelivery, viewer: Viewer, late: string[]): Promise<Mail> {
    const { schedule_id, run_at, owner_id, title } = delivery;
    const key = [
      schedule_id,
      run_at.getTime(),
      await dataVersion(),
      rightsKey(viewer),
      // Roles with equal rows see other incidents.
      viewer.role,
      viewer.locale,
      ...late,
    ].join('|');
    const known = this.#made.get(key);
    if (known) return known;
    const making = viewers
      .find(owner_id)
      .then((owner) =>
        this.#make({ ...delivery, late }, viewer, { owner: owner?.name ?? 'Pulse', schedule: title }),
      );
    this.#made.set(key, making);
    making.catch(() => this.#made.delete(key));
    const [oldest] = this.#made.keys();
    if (this.#made.size > this.#most && oldest !== undefined) this.#made.delete(oldest);
    return making;
  }
}
