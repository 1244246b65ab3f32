import type { Command } from 'commander';
import { CONFIG_FILE, findConfigFile } from '../config/find-config-file.ts';
import { renderProblems } from '../config/render-problems.ts';
import { visibleJson } from '../core/content/visible-text.ts';
import { type ReplayChange, replayCall } from '../core/policy/replay.ts';
import { labelOf } from '../core/catalog/target.ts';
import type { CompiledPolicy } from '../core/policy/compile-policy.ts';
import { ok } from '../core/result.ts';
import { formatTimestamp } from '../core/timestamp.ts';
import { type AdminOptions, runAdminCommand, withAdminOptions } from './admin-command.ts';
import type { CliContext } from './cli-context.ts';
import { loadPolicyAt } from './load-policy.ts';
import { parseCount, parseDurationOption } from './parse-option.ts';
import { newestSequence, type ReadCall, readCalls } from './read-calls.ts';
import { renderReplay } from './render-replay.ts';

/** What came of deciding the calls of the log again. */
export interface Replay {
  readonly since: string;
  /** Version of the candidate. */
  readonly policyVersion: string;
  /** Decisions on calls in that time. */
  readonly recorded: number;
  readonly replayed: number;
  readonly counts: Record<CountName, number>;
  /** Of `replayed`: the candidate looks at arguments that were taken out of the record. */
  readonly uncertain: number;
  /** Of `replayed`: waited because private and untrusted data had been read before, which is taken to have been read again. */
  readonly hadSeenBoth: number;
  readonly notReplayed: {
    /** By the reason code of what decided instead. */
    readonly notPolicy: Readonly<Record<string, number>>;
    readonly unknownPerson: number;
  };
  /** The newest of each change. */
  readonly examples: readonly ReplayExample[];
}

export type CountName = 'same' | 'newlyDenied' | 'newlyAllowed' | 'newlyAsking';

export interface ReplayExample {
  readonly change: Exclude<ReplayChange, 'same'>;
  readonly seq: number;
  readonly time: string;
  readonly principal: string;
  readonly upstream: string;
  /** A tool by its name; anything else with its method. */
  readonly tool: string;
  readonly before: { readonly decision: string; readonly ruleId: string | null };
  readonly after: {
    readonly decision: string;
    readonly ruleId: string | null;
    readonly place: string | null;
    readonly reason: string;
  };
  readonly certain: boolean;
}

interface ReplayFlags extends AdminOptions {
  readonly since?: number;
  readonly policies: string;
  readonly config?: string | null;
  readonly examples: number;
}

const WEEK_MS = 7 * 86_400_000;

export function registerReplay(program: Command, context: CliContext): void {
  const command = program
    .command('replay')
    .description('recorded calls decided again under another policy set')
    .requiredOption('--policies <dir>', 'the policies that are proposed')
    .option('--since <duration>', 'how far back, such as 24h or 7d (default: 7d)', parseDurationOption)
    .option('--examples <count>', 'how many of each change are shown', parseCount, 5)
    .option('--config <file>', `the configuration (default: ${CONFIG_FILE} where there is one)`);
  withAdminOptions(command).action((flags: ReplayFlags) => replay(context, flags));
}

/** Exits with 1 where anything would come out otherwise, and with 2 where the candidate cannot be read. */
async function replay(context: CliContext, flags: ReplayFlags): Promise<void> {
  const { policies: dir, config = null, since = WEEK_MS, json = false } = flags;
  const policy = await loadPolicyAt({ config: findConfigFile(config), dir });
  if (!policy.ok) {
    const problems = policy.error;
    context.stdout.write(json ? `${visibleJson({ ok: false, problems })}\n` : renderProblems(problems, context));
    return context.exitWith(2);
  }
  const sinceMs = context.nowMs() - since;
  let found: Replay | null = null;
  await runAdminCommand(context, flags, async (client) => {
    const newest = await newestSequence(client);
    if (!newest.ok) return newest;
    const tally = createTally(policy.value, sinceMs, flags.examples);
    const read = await readCalls(client, { sinceMs, untilSequence: newest.value }, tally.take);
    if (!read.ok) return read;
    found = tally.replay();
    return ok({ json: { ok: true, ...found }, text: renderReplay(found, dir, context) });
  });
  if (found !== null && hasChanges(found)) context.exitWith(1);
}

function hasChanges({ counts }: Replay): boolean {
  return counts.newlyDenied + counts.newlyAllowed + counts.newlyAsking > 0;
}

interface Tally {
  readonly take: (read: ReadCall) => void;
  replay(): Replay;
}

function createTally(policy: CompiledPolicy, sinceMs: number, examplesMax: number): Tally {
  const counts = { same: 0, newlyDenied: 0, newlyAllowed: 0, newlyAsking: 0 };
  const notPolicy = new Map<string, number>();
  const examples = new Map<ReplayChange, ReplayExample[]>();
  let [recorded, uncertain, unknownPerson, hadSeenBoth] = [0, 0, 0, 0];

  function keep(example: ReplayExample): void {
    const kept = examples.get(example.change) ?? [];
    kept.push(example);
    if (kept.length > examplesMax) kept.shift();
    examples.set(example.change, kept);
  }

  return {
    take(read) {
      recorded += 1;
      if (read.kind === 'unknown-person') unknownPerson += 1;
      else if (read.kind === 'not-policy') notPolicy.set(read.code, (notPolicy.get(read.code) ?? 0) + 1);
      else {
        const replayed = replayCall(policy, read.call);
        counts[COUNTED_AS[replayed.change]] += 1;
        if (!replayed.isCertain) uncertain += 1;
        if (read.call.hadSeenBoth) hadSeenBoth += 1;
        if (replayed.change !== 'same') keep(exampleOf(read, replayed.change, replayed));
      }
    },
    replay: () => ({
      since: formatTimestamp(sinceMs),
      policyVersion: policy.version,
      recorded,
      replayed: counts.same + counts.newlyDenied + counts.newlyAllowed + counts.newlyAsking,
      counts,
      uncertain,
      hadSeenBoth,
      notReplayed: { notPolicy: Object.fromEntries(notPolicy), unknownPerson },
      examples: CHANGES.flatMap((change) => examples.get(change) ?? []),
    }),
  };
}

/** What lets more through comes first. */
const CHANGES = ['newly-allowed', 'newly-asking', 'newly-denied'] as const;

const COUNTED_AS: Readonly<Record<ReplayChange, CountName>> = {
  same: 'same',
  'newly-denied': 'newlyDenied',
  'newly-allowed': 'newlyAllowed',
  'newly-asking': 'newlyAsking',
};

function exampleOf(
  { sequence, ruleId, call }: Extract<ReadCall, { kind: 'call' }>,
  change: ReplayExample['change'],
  { decision, isCertain }: ReturnType<typeof replayCall>,
): ReplayExample {
  const [reason] = decision.reasons;
  return {
    change,
    seq: sequence,
    time: formatTimestamp(call.timeMs),
    principal: call.principal.id,
    upstream: call.target.upstream,
    tool: labelOf(call.target),
    before: { decision: call.decision, ruleId },
    after: { decision: decision.effect, ruleId: reason.ruleId, place: reason.place, reason: reason.code },
    certain: isCertain,
  };
}
