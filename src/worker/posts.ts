import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Agent } from 'undici';
import type { Webhook } from '../../etl/config-incidents.ts';
import { SourceError } from '../../etl/connectors/connector.ts';
import { call } from '../../etl/connectors/remote/call.ts';
import { openAgent } from '../../etl/connectors/remote/guard.ts';
import * as posts from '../lib/server/incidents/posts.ts';

export type Posts = {
  /** Sends what is due until nothing is left; a tick that comes meanwhile joins the running one. */
  tick(): Promise<void>;
  stop(patience?: number): Promise<void>;
};

const longestSend = 30_000;

/**
 * Tells the channel of incidents, each once: a message is lost by no kill, and sent twice only if the kill came between
 * the channel's answer and our note of it. Addresses that serve cloud metadata are refused as for any source.
 */
export function createPosts(webhook: Webhook | null, log: Logger, agent: Agent = openAgent()): Posts {
  const ending = new AbortController();
  let running: Promise<void> | null = null;

  const send = async ({ url, headers }: Webhook, text: string) =>
    call(
      {
        name: 'The webhook of incidents',
        url: new URL(url),
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json' },
        body: JSON.stringify({ text }),
      },
      {
        agent,
        // the pauses between the tries are kept in the warehouse
        attempts: 1,
        signal: AbortSignal.any([ending.signal, AbortSignal.timeout(longestSend)]),
        take: async (response) => void (await response.body?.cancel()),
      },
    );

  const work = async (to: Webhook) => {
    while (!ending.signal.aborted) {
      const post = await posts.claim();
      if (!post) return;
      const text = await posts.compose(post);
      if (text === null) {
        await posts.markDiscarded(post, 'It was over before this could be sent.');
        continue;
      }
      try {
        await send(to, text);
        await posts.markSent(post);
      } catch (error) {
        const known = error instanceof SourceError ? error : null;
        log.error({ err: known?.message ?? error, event: post.event }, 'The channel was not told');
        await posts.retryLater(post, known?.message ?? 'Unexpected', known?.isLasting ?? false);
      }
    }
  };

  return {
    tick() {
      if (!webhook || ending.signal.aborted) return Promise.resolve();
      running ??= work(webhook).finally(() => (running = null));
      return running;
    },
    async stop(patience = 2000) {
      ending.abort();
      await Promise.race([running?.catch(() => undefined), sleep(patience, undefined, { ref: false })]);
      await agent.close().catch(() => undefined);
    },
  };
}
