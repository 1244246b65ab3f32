import { workerData } from 'node:worker_threads';
import { StoreError } from '../../ports/store-error.ts';
import type { AnswerMessage, RequestMessage, RequestName, Requests, WorkerSettings } from './messages.ts';
import { type OpenedStore, openStore } from './opened-store.ts';
import { describeFault } from './sqlite-fault.ts';
import { answerForever } from './worker-line.ts';

/**
 * The thread that owns the database. It does one request after the other and never retries anything: after a failure that leaves the
 * connection in doubt, above all a failed sync of the disk, it closes the database, answers every request with that failure, and
 * reads everything anew from the disk when it is next asked to open.
 */

const settings = workerData as WorkerSettings;

let opened: OpenedStore | null = null;
let lastFault = 'it was not opened yet';

function take(request: RequestMessage): void {
  settings.line.port.postMessage(answer(request));
  try {
    opened?.checkpointIfDue();
  } catch (error) {
    giveUpOn(error);
  }
}

function answer(request: RequestMessage): AnswerMessage {
  try {
    const value = carryOut(request);
    return typeof value === 'number' ? value : { ok: true, value };
  } catch (error) {
    const { code, message } = giveUpOn(error);
    return { ok: false, code, message };
  }
}

function giveUpOn(error: unknown): ReturnType<typeof describeFault> {
  const fault = describeFault(error);
  if (fault.isLasting) {
    lastFault = fault.message;
    close();
  }
  return fault;
}

function close(): void {
  const closing = opened;
  opened = null;
  try {
    closing?.close();
  } catch {
    // It is unusable either way, and why is known already.
  }
}

function store(): OpenedStore {
  if (opened === null) throw new StoreError('unavailable', `the store is closed: ${lastFault}`);
  return opened;
}

/** One for each name; the compiler insists. */
const HANDLERS: { readonly [Name in RequestName]: (ask: Requests[Name]['ask']) => Requests[Name]['answer'] } = {
  open(request) {
    opened ??= openStore(settings, request);
    return opened.lastSequence();
  },
  commit: (batch) => store().commit(batch),
  'read-audit': (query) => store().tables.audit.read(query),
  'find-audit': (sequence) => store().tables.audit.find(sequence),
  'find-approval': (id) => store().tables.approvals.find(id),
  'find-newest-approval': (key) => store().tables.approvals.findNewest(key),
  'list-approvals': (query) => store().tables.approvals.list(query),
  'find-approval-history': (key) => store().tables.approvals.findHistory(key),
  'find-approval-preview': (id) => store().tables.approvals.findPreview(id),
  'list-decided-approvals': ({ sinceMs, limit }) => store().tables.approvals.listDecided(sinceMs, limit),
  'list-open-approvals': () => store().tables.approvals.listOpen(),
  'list-ended-approvals': ({ beforeMs, limit }) => store().tables.approvals.listEnded(beforeMs, limit),
  'executing-approvals': () => store().tables.approvals.executing(),
  'find-task': (key) => store().tables.tasks.find(key),
  'find-task-for': (key) => store().tables.tasks.findFor(key),
  'list-tasks': (owner) => store().tables.tasks.listOwn(owner),
  'find-token': (id) => store().tables.tokens.find(id),
  'list-tokens': () => store().tables.tokens.list(),
  'find-account': (id) => store().tables.accounts.find(id),
  'find-account-by-name': (user) => store().tables.accounts.findByName(user),
  'list-accounts': () => store().tables.accounts.list(),
  'load-pins': () => store().tables.pins.load(),
  'load-notices': () => store().tables.notices.load(),
  'find-notice-mark': (key) => store().tables.notices.findMark(key),
  'load-limit-uses': (nowMs) => store().tables.limits.load(nowMs),
  'load-kill-switches': () => store().tables.killSwitches.load(),
  'kept-calls': () => store().tables.openCalls.listKept(),
  'open-calls': () => store().tables.openCalls.list(),
  close() {
    close();
    return null;
  },
};

function carryOut({ name, ask }: RequestMessage): Requests[RequestName]['answer'] {
  const handle = HANDLERS[name] as (ask: unknown) => Requests[RequestName]['answer'];
  return handle(ask);
}

answerForever(settings.line, (message) => take(message as RequestMessage));
