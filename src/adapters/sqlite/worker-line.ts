import { MessageChannel, type MessagePort, receiveMessageOnPort } from 'node:worker_threads';

/**
 * What connects the main thread with a worker that does nothing but answer. The worker sleeps until the bell rings and then takes what was
 * sent, without an event loop of its own: each turn of one costs it several system calls, and the thread that sends is stopped by the one
 * that it wakes.
 */
export interface WorkerLine {
  /** The worker's end: what it is asked comes from here, and its answers go there. */
  readonly port: MessagePort;
  readonly bell: Int32Array<SharedArrayBuffer>;
}

/** The main thread's end. */
export interface MainLine {
  /** Messages from the worker come here. */
  readonly port: MessagePort;
  readonly workerLine: WorkerLine;
  send(message: unknown): void;
}

export function createLine(): MainLine {
  const { port1: port, port2 } = new MessageChannel();
  const bell = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  return {
    port,
    workerLine: { port: port2, bell },
    send(message) {
      port.postMessage(message);
      Atomics.add(bell, 0, 1);
      Atomics.notify(bell, 0);
    },
  };
}

/** Takes one message after the other for as long as the thread lives. The main thread ends it, even while it sleeps. */
export function answerForever({ port, bell }: WorkerLine, take: (message: unknown) => void): never {
  let heard = 0;
  for (;;) {
    Atomics.wait(bell, 0, heard);
    // Read before the messages are: one that comes later rings again.
    heard = Atomics.load(bell, 0);
    for (let received = receive(port); received !== undefined; received = receive(port)) take(received.message);
  }
}

function receive(port: MessagePort): { readonly message: unknown } | undefined {
  return receiveMessageOnPort(port) as { readonly message: unknown } | undefined;
}
