import type { Answer } from './answer-reader.ts';
import { closedLoop, type MakeCall, openLoop } from './arrivals.ts';
import { type CallWriter, createCallWriter } from './call-text.ts';
import { checkAnswer } from './check-answer.ts';
import { type Connection, createConnection } from './connection.ts';
import type { LoadJob, LoadResult } from './job.ts';
import { createTally, type Tally } from './tally.ts';

/** Runs one job: warm-up, then the measured window. Ends by itself even when the target never answers. */
export async function measure(job: LoadJob): Promise<LoadResult> {
  const connections = Array.from({ length: job.connections }, () => createConnection(new URL(job.url)));
  const writer = createCallWriter(job);
  const tally = createTally(job);
  try {
    const refused = job.era === 'legacy' ? await openSession(connections, writer) : null;
    if (refused !== null) {
      tally.failed(refused);
      return tally.result();
    }
    tally.begin();
    const endMs = performance.now() + job.warmUpMs + job.durationMs;
    const makeCall = createCaller(job, writer, tally);
    const answers =
      job.arrival.kind === 'closed'
        ? closedLoop(connections, endMs, makeCall)
        : openLoop(connections, job.arrival.callsPerSecond, endMs, makeCall);
    const waitMs = job.warmUpMs + job.durationMs + DRAIN_MS_MAX;
    if ((await withDeadline(answers, waitMs)) === 'late') tally.failed('calls were still unanswered at the end');
    return tally.result();
  } finally {
    for (const connection of connections) connection.close();
  }
}

/** How long answers are waited for after the last call. */
const DRAIN_MS_MAX = 5_000;
/** A target that refuses everything must not turn the closed loop into a busy loop. */
const PAUSE_AFTER_ERROR_MS = 10;

function createCaller(job: LoadJob, writer: CallWriter, tally: Tally): MakeCall {
  let lastId = 0;
  return (connection, startMs, done) => {
    lastId += 1;
    const id = lastId;
    connection.send(writer.call(id), (answer) => {
      if (answer instanceof Error || answer.status !== 200) {
        tally.failed(problemOf(answer));
        setTimeout(done, PAUSE_AFTER_ERROR_MS);
        return;
      }
      tally.answered({ startMs, endMs: performance.now(), firstEventMs: answer.firstEventMs });
      if (id % job.checkEvery === 0) tally.checked(checkAnswer(answer, id, job.textChars));
      done();
    });
  };
}

function problemOf(answer: Answer | Error): string {
  if (answer instanceof Error) return answer.message;
  return `status ${answer.status}: ${Buffer.concat(answer.body).toString('utf8').slice(0, 200)}`;
}

/** `null`: it is open. Otherwise why not. */
async function openSession([connection]: readonly Connection[], writer: CallWriter): Promise<string | null> {
  if (connection === undefined) throw new Error('a job needs at least one connection');
  const exchange = (request: string) => new Promise<Answer | Error>((resolve) => connection.send(request, resolve));
  const answer = await exchange(writer.initialize());
  if (answer instanceof Error || answer.status !== 200) return `initialize: ${problemOf(answer)}`;
  const sessionId = /\r\nmcp-session-id: *(\S+)/i.exec(answer.head)?.[1];
  if (sessionId !== undefined) writer.useSession(sessionId);
  await exchange(writer.initialized());
  return null;
}

async function withDeadline(work: Promise<void>, timeoutMs: number): Promise<'done' | 'late'> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>((resolve) => (timer = setTimeout(resolve, timeoutMs, 'late')));
  try {
    return await Promise.race([work.then(() => 'done' as const), late]);
  } finally {
    clearTimeout(timer);
  }
}
