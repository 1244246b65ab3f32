import net from 'node:net';
import { type Answer, createAnswerReader } from './answer-reader.ts';

/** One keep-alive connection with one request in flight. It is opened again when the other side has closed it. */
export interface Connection {
  send(request: string, done: (answer: Answer | Error) => void): void;
  close(): void;
}

/** Raw sockets, because an HTTP client would cost several times what the fastest target does, on the same CPU as the upstream. */
export function createConnection(url: URL): Connection {
  const address = { host: url.hostname, port: Number(url.port), noDelay: true };
  let waiting: ((answer: Answer | Error) => void) | null = null;
  let socket: net.Socket | null = null;

  const settle = (answer: Answer | Error) => {
    const done = waiting;
    waiting = null;
    if (answer instanceof Error || answer.closes) drop();
    done?.(answer);
  };
  const drop = () => {
    socket?.removeAllListeners().on('error', () => undefined);
    socket?.destroy();
    socket = null;
  };
  const open = (): net.Socket => {
    const opened = net.connect(address);
    const reader = createAnswerReader(() => performance.now());
    opened.on('data', (piece) => {
      try {
        const answer = reader.read(piece);
        if (answer !== null) settle(answer);
      } catch (error) {
        settle(error instanceof Error ? error : new Error(String(error)));
      }
    });
    opened.on('error', settle);
    opened.on('close', () => settle(reader.end() ?? new Error('the connection was closed')));
    return opened;
  };

  return {
    send(request, done) {
      socket ??= open();
      waiting = done;
      socket.write(request);
    },
    close: drop,
  };
}
