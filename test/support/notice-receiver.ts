import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished } from 'vitest';

export interface ReceivedRequest {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface GivenAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Takes the request, and never answers. */
  readonly isSilent?: true;
}

export interface NoticeReceiver {
  readonly url: string;
  readonly host: string;
  readonly received: readonly ReceivedRequest[];
  /** For the next requests, one each; the receiver's own answer when there are no more. */
  answerWith(...answers: readonly GivenAnswer[]): void;
  until(count: number): Promise<readonly ReceivedRequest[]>;
}

/** A real server on loopback, as a receiver of notices is one; closed when the test is. */
export async function startNoticeReceiver(
  answer: (request: ReceivedRequest) => GivenAnswer = () => ({}),
): Promise<NoticeReceiver> {
  const received: ReceivedRequest[] = [];
  const answers: GivenAnswer[] = [];
  const server = createServer((req, res) => {
    let body = '';
    req.on('data', (chunk: Buffer) => (body += chunk.toString('utf8')));
    req.on('end', () => {
      const request = { path: req.url ?? '', headers: req.headers, body };
      received.push(request);
      const given = answers.shift() ?? answer(request);
      if (given.isSilent) return;
      res.writeHead(given.status ?? 200, given.headers).end(given.body ?? 'words of the receiver');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: `http://${host}`,
    host,
    received,
    answerWith: (...given) => void answers.push(...given),
    until: async (count) => {
      await expect.poll(() => received.length).toBeGreaterThanOrEqual(count);
      return received;
    },
  };
}
