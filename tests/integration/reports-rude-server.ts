import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { createInterface } from 'node:readline';

/** Where a talk over SMTP can go wrong; `text` is after the last line of a message. */
export const stages = ['greeting', 'EHLO', 'MAIL', 'RCPT', 'DATA', 'text'] as const;
export type Stage = (typeof stages)[number];

/** Instead of the right answer: the end of the connection, silence, or a line. */
export type Rudeness = 'close' | 'hang' | (string & {});

export type RudeServer = {
  url: string;
  /** whole messages that came in, whatever was answered */
  texts: string[];
  /** once; after that it is as polite as any */
  next(stage: Stage, rudeness: Rudeness): void;
  close(): void;
};

/** As much of RFC 5321 as a client of ours says, and anything but that where it is asked for. */
export async function openRudeServer(): Promise<RudeServer> {
  let planned: { stage: Stage; rudeness: Rudeness } | null = null;
  const texts: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    let text: string[] | null = null;
    const answer = (stage: Stage, right: string) => {
      const rudeness = planned?.stage === stage ? planned.rudeness : right;
      if (rudeness !== right) planned = null;
      if (rudeness === 'hang') return;
      if (rudeness === 'close') socket.destroy();
      else socket.write(`${rudeness}\r\n`);
    };
    createInterface({ input: socket, crlfDelay: Infinity }).on('line', (line) => {
      if (text) {
        if (line !== '.') return void text.push(line);
        texts.push(text.join('\r\n'));
        text = null;
        return answer('text', '250 kept');
      }
      const verb = line.slice(0, 4).toUpperCase();
      if (verb === 'EHLO') return answer('EHLO', '250 rude.example');
      if (verb === 'MAIL') return answer('MAIL', '250 yes');
      if (verb === 'RCPT') return answer('RCPT', '250 yes');
      if (verb === 'DATA') {
        const isRefused = planned?.stage === 'DATA';
        if (!isRefused) text = [];
        return answer('DATA', '354 go on');
      }
      socket.write(verb === 'QUIT' ? '221 bye\r\n' : '250 yes\r\n');
    });
    answer('greeting', '220 rude.example ESMTP');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `smtp://127.0.0.1:${(server.address() as { port: number }).port}`,
    texts,
    next: (stage, rudeness) => (planned = { stage, rudeness }),
    close() {
      sockets.forEach((socket) => socket.destroy());
      server.close();
    },
  };
}
