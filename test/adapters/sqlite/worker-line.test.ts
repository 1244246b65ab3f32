import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { describe, expect, it, onTestFinished } from 'vitest';
import { answerForever, createLine } from '../../../src/adapters/sqlite/worker-line.ts';

class Enough extends Error {}

describe('the line to a worker', () => {
  it('brings what was sent, in order, also what is sent while the worker is at work', () => {
    const line = createLine();
    onTestFinished(() => line.port.close());
    for (const number of [1, 2, 3]) line.send({ number });
    const taken: unknown[] = [];
    const take = (message: unknown): void => {
      taken.push(message);
      if (taken.length === 1) line.send('meanwhile');
      if (taken.length === 4) throw new Enough();
    };
    expect(() => answerForever(line.workerLine, take)).toThrow(Enough);
    expect(taken).toEqual([{ number: 1 }, { number: 2 }, { number: 3 }, 'meanwhile']);
  });

  it('wakes a worker that sleeps, again and again, and lets it be ended while it sleeps', async () => {
    const line = createLine();
    onTestFinished(() => line.port.close());
    const module = new URL('../../../src/adapters/sqlite/worker-line.ts', import.meta.url).href;
    const program = `
      import { workerData } from 'node:worker_threads';
      import { answerForever } from ${JSON.stringify(module)};
      answerForever(workerData, (message) => workerData.port.postMessage(message + 1));`;
    const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(program)}`), {
      workerData: line.workerLine,
      transferList: [line.workerLine.port],
    });
    let number = 0;
    for (let round = 0; round < 100; round += 1) {
      line.send(number);
      [number] = (await once(line.port, 'message')) as [number];
      if (round % 10 === 0) await new Promise((resolve) => setTimeout(resolve, 2));
    }
    expect(number).toBe(100);
    expect(await worker.terminate()).toBe(1);
  });
});
