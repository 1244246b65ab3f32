import type { ApprovalId } from '../../core/approval/approval.ts';
import type { AskEntry } from '../../core/audit/entry.ts';
import { askEntry } from '../../core/audit/make-entries.ts';
import { argsDigest } from '../../core/approval/args-digest.ts';
import type { Ask, AskKind, AskRefusal } from '../../core/conversation/ask.ts';
import { type AskContext, askKindOf, checkAsk, isAskOn, type RawAsk } from '../../core/conversation/check-ask.ts';
import { checkAskAnswer } from '../../core/conversation/check-ask-answer.ts';
import { canonicalJson } from '../../core/json/canonical-json.ts';
import { createJsonObject, type JsonObject } from '../../core/json/value.ts';
import { isModernRevision } from '../../core/mcp/revisions.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { AskReply } from '../../ports/upstream.ts';
import { decideNow } from '../decide-now.ts';
import type { CallDeps } from '../deps.ts';
import type { DurableAsk } from '../durable-ask.ts';
import { inspectJson } from './inspect-result.ts';
import type { AskAnswer } from '../gateway.ts';
import type { GovernedCall, ResumedRound } from '../governed-call.ts';

/** How often one call may ask, and for how long its questions may keep it waiting altogether (protocol brief, 2.3). */
export const ROUNDS_MAX = 8;
export const CONVERSATION_MS_MAX: number = 10 * 60_000;
export const ASKS_PER_ROUND_MAX = 8;

/** The conversation of one call, as far as it got. */
export interface Asking {
  readonly deps: CallDeps;
  readonly governed: GovernedCall;
  /** The approval that the call spent; `null`: it needed none. */
  readonly approvalId: ApprovalId | null;
  readonly check: AskContext;
  /** Aborted here, when the host was asked and never answered. */
  readonly abandonment: AbortController;
  /** What the upstream asked for although it was told that the host cannot; the operator would let it. */
  readonly undeclared: Set<AskKind>;
  /** Aborts when the conversation took too long altogether. Counts from the first question: most calls never ask any. */
  deadline: AbortSignal | null;
  /** When that was, by the wall clock. */
  startedMs: number;
  rounds: number;
}

/** Questions that belong together, and whoever waits for the answers to all of them. */
export interface Question {
  readonly asks: ReadonlyMap<string, RawAsk>;
  /** With which another process can go on; `null`: none can. */
  readonly bookmark: string | null;
  readonly resolve: (reply: AskReply) => void;
}

/**
 * Puts questions to the host of a call, in one round. Each goes through the one check first; what is asked is recorded before the host
 * sees it, and what is answered before the upstream does. Never rejects: what goes wrong on our side leaves the upstream without an
 * answer, not without a reply.
 */
export async function askHost(asking: Asking, questions: readonly Question[]): Promise<void> {
  const { callId } = asking.governed.call.context;
  asking.rounds += 1;
  try {
    const accepted: AcceptedQuestion[] = [];
    for (const question of questions) {
      const asks = checkQuestion(asking, question.asks);
      if (asks.ok) accepted.push({ ...question, asks: asks.value });
      else await refuse(asking, question, asks.error);
    }
    if (accepted.length > 0) await askAccepted(asking, accepted);
  } catch (error) {
    asking.deps.report({ callId, problem: 'a host could not be asked', error });
  }
  // Whoever has a reply by now keeps it.
  for (const { resolve } of questions) resolve({ kind: 'refused', detail: 'not-recorded' });
}

interface AcceptedQuestion extends Omit<Question, 'asks'> {
  readonly asks: ReadonlyMap<string, Ask>;
}

/** All or none: a person is not bothered with one question when the answer to it would be of no use without the others. */
function checkQuestion(
  { check, rounds, deps, governed, undeclared }: Asking,
  raw: ReadonlyMap<string, RawAsk>,
): Result<ReadonlyMap<string, Ask>, AskRefusal> {
  if (rounds > ROUNDS_MAX || raw.size > ASKS_PER_ROUND_MAX || raw.size === 0) return err('too-many');
  const asks = new Map<string, Ask>();
  for (const [key, ask] of raw) {
    const checked = checkAsk(ask, check);
    if (!checked.ok) {
      const kind = askKindOf(ask);
      if (checked.error === 'not-declared' && kind !== null) undeclared.add(kind);
      return checked;
    }
    // A server that repeats the credential it was sent would have people and models read it.
    asks.set(key, { ...checked.value, params: inspectJson(deps, checked.value.params, governed.decision.result) });
  }
  return ok(asks);
}

async function refuse(asking: Asking, { asks, resolve }: Question, refusal: AskRefusal): Promise<void> {
  resolve({ kind: 'refused', detail: refusal });
  await recordAsk(asking, 'refused', methodsOf(asks), null, refusal);
}

async function askAccepted(asking: Asking, questions: readonly AcceptedQuestion[]): Promise<void> {
  const { deps, governed } = asking;
  const keys = mergedKeys(questions);
  const merged = new Map(
    questions.flatMap(({ asks }, index) => [...asks].map(([key, ask]) => [keyOf(keys, index, key), ask] as const)),
  );
  const place = enter(asking);
  if (place === null) {
    for (const { resolve } of questions) resolve({ kind: 'refused', detail: 'too-many' });
    return recordAsk(asking, 'refused', kindsOf(merged), null, 'too-many');
  }
  try {
    if (asking.deadline === null) startClock(asking, deps.clock.nowMs());
    await recordAsk(asking, 'asked', kindsOf(merged), asksAsJson(merged), null);
    rememberPages(deps, governed, merged);
    // Of several questions, each has a way on of its own, and there is but one state.
    const bookmark = questions.length === 1 ? (questions[0]?.bookmark ?? null) : null;
    const reply = await awaitAnswers(asking, merged, bookmark === null ? null : durableAsk(asking, merged, bookmark));
    if (reply.kind === 'answered') return giveAnswers(questions, keys, reply.answers);
    for (const { resolve } of questions) resolve(reply);
  } finally {
    place.leave();
  }
}

/** The same for a round that an earlier process recorded and asked: what the operator lets ask may be less by now. */
export async function resumeAsk(asking: Asking, { asks, bookmark }: ResumedRound): Promise<AskReply> {
  const { declared, rules } = asking.check;
  const isAllowed = [...asks.values()].every(({ kind }) => isAskOn(rules, kind) && isAskOn(declared, kind));
  const place = isAllowed ? enter(asking) : null;
  if (place === null) {
    await recordAsk(asking, 'refused', kindsOf(asks), null, isAllowed ? 'too-many' : 'not-allowed');
    return { kind: 'refused', detail: isAllowed ? 'too-many' : 'not-allowed' };
  }
  try {
    return await awaitAnswers(asking, asks, durableAsk(asking, asks, bookmark));
  } finally {
    place.leave();
  }
}

/** From here on its questions may keep the call waiting for so long altogether. */
export function startClock(asking: Asking, startedMs: number): void {
  asking.startedMs = startedMs;
  const leftMs = startedMs + CONVERSATION_MS_MAX - asking.deps.clock.nowMs();
  asking.deadline = AbortSignal.timeout(Math.min(Math.max(leftMs, 0), CONVERSATION_MS_MAX));
}

function enter({ deps, governed, approvalId }: Asking): { leave(): void } | null {
  const { callId, principal } = governed.call.context;
  return deps.conversations.enter({
    callId,
    principal: principal.id,
    upstream: governed.target.ref.upstream,
    isApproved: approvalId !== null,
    definitionDigest: governed.definitionDigest,
  });
}

/** What was asked is recorded by now; what comes of it is recorded here. */
async function awaitAnswers(
  asking: Asking,
  asks: ReadonlyMap<string, Ask>,
  durable: DurableAsk | null,
): Promise<AskReply> {
  const { governed, abandonment, deadline } = asking;
  const { stream, context } = governed.call;
  const { signal } = governed.place;
  const kinds = kindsOf(asks);
  const given = await stream.ask(asks, deadline === null ? signal : AbortSignal.any([signal, deadline]), durable);
  const answers = checkAnswers(asks, given);
  if (answers !== null && !mayGoOn(asking)) {
    await recordAsk(asking, 'refused', kinds, null, 'no longer allowed');
    return { kind: 'refused', detail: 'no longer allowed' };
  }
  if (answers !== null) {
    await recordAsk(asking, 'answered', kinds, fromMap(answers), actionsOf(answers));
    return { kind: 'answered', answers };
  }
  const wasRefused = [...given.values()].some(({ kind }) => kind === 'refused');
  // A modern host that never came back: its call is over, and nobody may wait for it any longer.
  if (!wasRefused && isModernRevision(context.revision)) abandonment.abort();
  await recordAsk(asking, 'unanswered', kinds, null, wasRefused ? 'the host refused' : 'no answer');
  return { kind: 'refused', detail: wasRefused ? 'refused by the host' : 'not answered' };
}

/** All that another process needs to go on. */
function durableAsk(
  { governed, approvalId, startedMs }: Asking,
  asks: ReadonlyMap<string, Ask>,
  bookmark: string,
): DurableAsk {
  const { target, decision, killFacts, argsDigest: sentDigest, definitionDigest } = governed;
  return {
    facts: killFacts,
    credentialId: governed.call.context.principal.credentialId,
    place: governed.place,
    round: {
      upstream: target.ref.upstream,
      target: target.ref.name,
      sentDigest,
      definitionDigest: definitionDigest ?? '',
      policyVersion: decision.policyVersion,
      approvalId,
      startedMs: Math.round(startedMs),
      asks: fromMap(new Map([...asks].map(([key, ask]) => [key, { ...ask }]))),
      bookmark,
    },
  };
}

const kindsOf = (asks: ReadonlyMap<string, Ask>): readonly AskKind[] => [...asks.values()].map(({ kind }) => kind);

/**
 * Whether the call could be made now. What is answered goes to the upstream like arguments, and its host may have read since what must
 * not go there unseen.
 */
function mayGoOn({ deps, governed: { call, target }, approvalId }: Asking): boolean {
  const { principal } = call.context;
  const { effect } = decideNow(deps, { principal, target: target.ref, args: call.args });
  return effect === 'allow' || (effect === 'approve' && approvalId !== null);
}

/** A host of before 2026-07-28 is told when the person is through with a page; the next revision has no such notice. */
function rememberPages({ pages }: CallDeps, { call, target }: GovernedCall, asks: ReadonlyMap<string, Ask>): void {
  const { context, stream } = call;
  if (isModernRevision(context.revision)) return;
  for (const { elicitationId } of asks.values()) {
    if (elicitationId === undefined) continue;
    const page = { upstream: target.ref.upstream, principal: context.principal.id, elicitationId };
    pages.add({ ...page, tell: () => stream.tellPageDone(elicitationId) });
  }
}

type MergedKeys = readonly ReadonlyMap<string, string>[];

/** Under one roof, every key once: of two questions that use the same, the later one is shown with a number. */
function mergedKeys(questions: readonly AcceptedQuestion[]): MergedKeys {
  const taken = new Set<string>();
  return questions.map(({ asks }) => {
    const own = new Map<string, string>();
    for (const key of asks.keys()) {
      let shown = key;
      for (let number = 2; taken.has(shown); number++) shown = `${key}#${number}`;
      taken.add(shown);
      own.set(key, shown);
    }
    return own;
  });
}

const keyOf = (keys: MergedKeys, index: number, key: string): string => keys[index]?.get(key) ?? key;

function giveAnswers(
  questions: readonly AcceptedQuestion[],
  keys: MergedKeys,
  answers: ReadonlyMap<string, JsonObject>,
): void {
  questions.forEach(({ asks, resolve }, index) => {
    const own = [...asks.keys()].map((key) => [key, answers.get(keyOf(keys, index, key)) ?? {}] as const);
    resolve({ kind: 'answered', answers: new Map(own) });
  });
}

function checkAnswers(
  asks: ReadonlyMap<string, Ask>,
  given: ReadonlyMap<string, AskAnswer>,
): ReadonlyMap<string, JsonObject> | null {
  const answers = new Map<string, JsonObject>();
  for (const [key, ask] of asks) {
    const answer = given.get(key);
    const checked = answer?.kind === 'answered' ? checkAskAnswer(ask, answer.result) : null;
    if (checked === null) return null;
    answers.set(key, checked);
  }
  return answers;
}

async function recordAsk(
  { deps, governed, rounds }: Asking,
  change: AskEntry['change'],
  kinds: readonly string[],
  content: JsonObject | null,
  detail: string | null,
): Promise<void> {
  const entry = askEntry({
    timeMs: deps.clock.nowMs(),
    callId: governed.call.context.callId,
    change,
    round: rounds,
    upstream: governed.target.ref.upstream,
    asks: kinds,
    digest: content === null ? null : argsDigest(deps.digestKey, canonicalJson(content)),
    detail,
  });
  await deps.audit.record([entry]);
}

function asksAsJson(asks: ReadonlyMap<string, Ask>): JsonObject {
  return fromMap(new Map([...asks].map(([key, { method, params }]) => [key, { method, params }])));
}

function fromMap(members: ReadonlyMap<string, JsonObject>): JsonObject {
  const object = createJsonObject();
  for (const [key, value] of members) object[key] = value;
  return object;
}

/** Of what was refused, before it was understood: methods of a closed list, so that nothing an upstream made up is recorded. */
function methodsOf(raw: ReadonlyMap<string, RawAsk>): readonly string[] {
  const known = ['elicitation/create', 'sampling/createMessage', 'roots/list'];
  const methods = [...raw.values()].slice(0, ASKS_PER_ROUND_MAX).map(({ method }) => method);
  return methods.map((method) => (known.includes(method) ? method : 'other'));
}

function actionsOf(answers: ReadonlyMap<string, JsonObject>): string | null {
  const actions = [...answers.values()].flatMap(({ action }) => (typeof action === 'string' ? [action] : []));
  return actions.length === 0 ? null : actions.join(', ');
}
