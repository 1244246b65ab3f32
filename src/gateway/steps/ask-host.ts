import { argsDigest } from '../../core/approval/args-digest.ts';
import type { AskEntry } from '../../core/audit/entry.ts';
import { redactArguments } from '../../core/content/redact-arguments.ts';
import type { Ask, AskRefusal } from '../../core/conversation/ask.ts';
import { hasAny, sharedCapabilities } from '../../core/conversation/capabilities.ts';
import { type AskContext, checkAsk, type RawAsk } from '../../core/conversation/check-ask.ts';
import { checkAskAnswer } from '../../core/conversation/check-ask-answer.ts';
import { canonicalJson } from '../../core/json/canonical-json.ts';
import type { JsonObject } from '../../core/json/value.ts';
import { isModernRevision } from '../../core/mcp/revisions.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { AskReply, UpstreamAsker } from '../../ports/upstream.ts';
import type { CallDeps } from '../deps.ts';
import type { AskAnswer } from '../gateway.ts';
import type { GovernedCall } from '../governed-call.ts';

/** How often one call may ask, and for how long its questions may keep it waiting altogether (protocol brief, 2.3). */
export const ROUNDS_MAX = 8;
export const CONVERSATION_MS_MAX: number = 10 * 60_000;
const ASKS_PER_ROUND_MAX = 8;

/** What an upstream may ask during one call, and the way to end the call once its host does not come back. */
export interface CallAsker {
  readonly asker: UpstreamAsker;
  /** Aborts when the host was asked and never answered. */
  readonly abandoned: AbortSignal;
}

/** `null`: nobody can be asked, because the host cannot or the operator does not let this upstream. */
export function createAsker(deps: CallDeps, governed: GovernedCall): CallAsker | null {
  const { context } = governed.call;
  const { upstream } = governed.target.ref;
  const rules = deps.askRules(upstream);
  const capabilities = sharedCapabilities(context.capabilities, rules);
  if (!hasAny(capabilities)) return null;

  const abandonment = new AbortController();
  const asking: Asking = {
    deps,
    governed,
    check: { upstream, rules, declared: capabilities },
    abandonment,
    deadline: AbortSignal.timeout(CONVERSATION_MS_MAX),
    rounds: 0,
  };
  let last: Promise<unknown> = Promise.resolve();
  const { id, client } = context.principal;
  const asker: UpstreamAsker = {
    capabilities,
    owner: canonicalJson([id, client]),
    ask(asks) {
      // One after the other: a modern host can be asked once at a time, and a person can answer no faster.
      const reply = last.then(() => askOnce(asking, asks));
      last = reply;
      return reply;
    },
  };
  return { asker, abandoned: abandonment.signal };
}

interface Asking {
  readonly deps: CallDeps;
  readonly governed: GovernedCall;
  readonly check: AskContext;
  readonly abandonment: AbortController;
  readonly deadline: AbortSignal;
  rounds: number;
}

/** Never rejects: what goes wrong on our side leaves the upstream without an answer, not without a reply. */
async function askOnce(asking: Asking, raw: ReadonlyMap<string, RawAsk>): Promise<AskReply> {
  const { deps, governed } = asking;
  asking.rounds += 1;
  try {
    const asks = checkAll(asking, raw);
    if (!asks.ok) {
      await recordAsk(asking, 'refused', kindsOf(raw), null, asks.error);
      return { kind: 'refused', detail: asks.error };
    }
    const { callId, principal } = governed.call.context;
    const { upstream } = governed.target.ref;
    const isApproved = governed.decision.effect === 'approve';
    const place = deps.conversations.enter({ callId, principal: principal.id, upstream, isApproved });
    if (place === null) {
      await recordAsk(asking, 'refused', kindsOf(raw), null, 'too-many');
      return { kind: 'refused', detail: 'too-many' };
    }
    try {
      return await askAndWait(asking, asks.value);
    } finally {
      place.leave();
    }
  } catch (error) {
    deps.report({ callId: governed.call.context.callId, problem: 'a host could not be asked', error });
    return { kind: 'refused', detail: 'not-recorded' };
  }
}

/** All or none: a person is not bothered with one question when the answer to it would be of no use without the others. */
function checkAll(
  { check, rounds, deps }: Asking,
  raw: ReadonlyMap<string, RawAsk>,
): Result<ReadonlyMap<string, Ask>, AskRefusal> {
  if (rounds > ROUNDS_MAX || raw.size > ASKS_PER_ROUND_MAX || raw.size === 0) return err('too-many');
  const asks = new Map<string, Ask>();
  for (const [key, ask] of raw) {
    const checked = checkAsk(ask, check);
    if (!checked.ok) return checked;
    // A server that repeats the credential it was sent would have people and models read it.
    asks.set(key, { ...checked.value, params: redactArguments(checked.value.params, deps.knownSecrets) });
  }
  return ok(asks);
}

async function askAndWait(asking: Asking, asks: ReadonlyMap<string, Ask>): Promise<AskReply> {
  const { governed, abandonment, deadline } = asking;
  const { stream, context } = governed.call;
  const kinds = [...asks.values()].map(({ kind }) => kind);
  const questions = Object.fromEntries([...asks].map(([key, { method, params }]) => [key, { method, params }]));
  await recordAsk(asking, 'asked', kinds, questions, null);
  const given = await stream.ask(asks, AbortSignal.any([governed.place.signal, deadline]));
  const answers = checkAnswers(asks, given);
  if (answers !== null) {
    await recordAsk(asking, 'answered', kinds, Object.fromEntries(answers), actionsOf(answers));
    return { kind: 'answered', answers };
  }
  const wasRefused = [...given.values()].some(({ kind }) => kind === 'refused');
  // A modern host that never came back: its call is over, and nobody may wait for it any longer.
  if (!wasRefused && isModernRevision(context.revision)) abandonment.abort();
  await recordAsk(asking, 'unanswered', kinds, null, wasRefused ? 'the host refused' : 'no answer in time');
  return { kind: 'refused', detail: wasRefused ? 'refused by the host' : 'not answered' };
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
  const { context } = governed.call;
  const entry: AskEntry = {
    kind: 'ask',
    timeMs: deps.clock.nowMs(),
    callId: context.callId,
    change,
    round: rounds,
    upstream: governed.target.ref.upstream,
    asks: kinds,
    digest: content === null ? null : argsDigest(deps.digestKey, canonicalJson(content)),
    viaCallId: null,
    credentialId: null,
    policyVersion: null,
    ruleId: null,
    detail,
  };
  await deps.audit.record([entry]);
}

/** Of what was refused, before it was understood: methods of a closed list, so that nothing an upstream made up is recorded. */
function kindsOf(raw: ReadonlyMap<string, RawAsk>): readonly string[] {
  const known = ['elicitation/create', 'sampling/createMessage', 'roots/list'];
  return [...raw.values()]
    .slice(0, ASKS_PER_ROUND_MAX)
    .map(({ method }) => (known.includes(method) ? method : 'other'));
}

function actionsOf(answers: ReadonlyMap<string, JsonObject>): string | null {
  const actions = [...answers.values()].flatMap(({ action }) => (typeof action === 'string' ? [action] : []));
  return actions.length === 0 ? null : actions.join(', ');
}
