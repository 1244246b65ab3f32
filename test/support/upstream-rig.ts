import type { buildConnector } from 'undici';
import { createDialler } from '../../src/adapters/egress/dialler.ts';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { createHttpUpstream } from '../../src/adapters/upstream/http/create-http-upstream.ts';
import type { EraSetting } from '../../src/adapters/upstream/era-keeper.ts';
import { UPSTREAM_LIMITS, type UpstreamLimits } from '../../src/adapters/upstream/limits.ts';
import { createStdioUpstream } from '../../src/adapters/upstream/stdio/create-stdio-upstream.ts';
import { STDIO_LIMITS, type StdioLimits } from '../../src/adapters/upstream/stdio/stdio-limits.ts';
import type { Result } from '../../src/core/result.ts';
import type {
  Upstream,
  UpstreamCall,
  UpstreamFault,
  UpstreamResult,
  UpstreamRpcError,
} from '../../src/ports/upstream.ts';
import { type FixedClock, createFixedClock } from './fixed-clock.ts';
import { type ScriptedUpstream, type ScriptedUpstreamOptions, startScriptedUpstream } from './scripted-upstream.ts';

export const TEST_CLIENT = { name: 'countersign', version: '0.0.0' };

export interface HttpRig {
  readonly server: ScriptedUpstream;
  readonly upstream: Upstream;
  readonly clock: FixedClock;
  /** What an operator was told. */
  readonly reports: readonly string[];
  /** Methods of requests that it sent without having been offered them. */
  readonly uninvited: readonly string[];
}

export interface HttpRigOptions extends ScriptedUpstreamOptions {
  readonly setting?: EraSetting;
  readonly headers?: Readonly<Record<string, string>>;
  readonly limits?: Partial<UpstreamLimits>;
  /** The hook of the test's own context, where tests run at the same time. */
  readonly onFinished?: (clean: () => Promise<void>) => void;
}

/** A scripted server and the adapter in front of it; both gone when the test ends. */
export function connectAnywhere(connectTimeoutMs: number = UPSTREAM_LIMITS.connectTimeoutMs): buildConnector.connector {
  return createDialler({ chosenBy: 'operator', hosts: null, connectTimeoutMs });
}

export async function startHttpRig(options: HttpRigOptions = {}): Promise<HttpRig> {
  const server = await startScriptedUpstream(options);
  const clock = createFixedClock();
  const reports: string[] = [];
  const uninvited: string[] = [];
  const onUninvited = (_upstream: string, method: string): void => void uninvited.push(method);
  const upstream = createHttpUpstream(
    {
      name: 'test',
      url: server.url,
      era: options.setting ?? 'auto',
      headers: options.headers ?? {},
      client: TEST_CLIENT,
      limits: { ...UPSTREAM_LIMITS, closeTimeoutMs: 200, ...options.limits },
      connect: connectAnywhere(options.limits?.connectTimeoutMs),
    },
    { clock, onUninvited, report: ({ problem }) => void reports.push(problem) },
  );
  (options.onFinished ?? onTestFinished)(async () => {
    await upstream.close();
    await server.close();
  });
  return { server, upstream, clock, reports, uninvited };
}

/** A call of a tool, `echo` unless said otherwise. */
export function callOf(
  { tool = 'echo', argumentsJson = '{"a":1}', ...more }: Partial<UpstreamCall> & ToolAndArguments = {},
  principal = 'alice',
): UpstreamCall {
  const paramsJson = `{"arguments":${argumentsJson},"name":${JSON.stringify(tool)}}`;
  return {
    caller: { principal },
    target: { method: 'tools/call', name: tool, paramsJson },
    traceparent: null,
    signal: new AbortController().signal,
    onProgress: null,
    asker: null,
    log: null,
    ...more,
  };
}

interface ToolAndArguments {
  readonly tool?: string;
  readonly argumentsJson?: string;
}

type CallOutcome = Result<UpstreamResult | UpstreamRpcError, UpstreamFault>;

/** The text of a result, with a check that the port's promise about its bytes is kept. */
export function resultText(outcome: CallOutcome): string {
  if (!outcome.ok) throw new Error(`fault: ${JSON.stringify(outcome.error)}`);
  if (outcome.value.kind !== 'result') throw new Error(`rpc error: ${JSON.stringify(outcome.value)}`);
  const text = Buffer.concat(outcome.value.json).toString('utf8');
  if (Buffer.byteLength(text) !== outcome.value.jsonBytes) throw new Error('jsonBytes is wrong');
  if (/[\r\n]/.test(text)) throw new Error('the result has line breaks');
  const json = JSON.parse(text) as unknown;
  if (typeof json !== 'object' || json === null || 'resultType' in json)
    throw new Error('the result is no tool result');
  return text;
}

export function faultOf(outcome: Result<unknown, UpstreamFault>): UpstreamFault {
  if (outcome.ok) throw new Error(`no fault: ${JSON.stringify(outcome.value)}`);
  return outcome.error;
}

export interface StdioRig {
  readonly upstream: Upstream;
  readonly clock: FixedClock;
  readonly reports: readonly string[];
  /** Methods of requests that it sent without having been offered them. */
  readonly uninvited: readonly string[];
  /** The ids of all processes that were ever started, oldest first. */
  starts(): readonly number[];
}

export interface StdioRigOptions {
  readonly digests?: ReadonlyMap<string, string>;
  readonly behaviour?: Readonly<Record<string, unknown>>;
  readonly command?: readonly [string, ...string[]];
  readonly env?: Readonly<Record<string, string>>;
  readonly ownEnv?: Readonly<Record<string, string>>;
  readonly shared?: boolean;
  readonly setting?: EraSetting;
  readonly limits?: Partial<StdioLimits>;
}

const CHILD = join(import.meta.dirname, 'scripted-child.mjs');

/** The adapter in front of `scripted-child.mjs`, or of another program; all processes gone when the test ends. */
export function startStdioRig(options: StdioRigOptions = {}): StdioRig {
  const dir = mkdtempSync(join(tmpdir(), 'countersign-'));
  const startsFile = join(dir, 'starts');
  const clock = createFixedClock();
  const reports: string[] = [];
  const uninvited: string[] = [];
  const onUninvited = (_upstream: string, method: string): void => void uninvited.push(method);
  const behaviour = JSON.stringify({ startsFile, ...options.behaviour });
  const upstream = createStdioUpstream(
    {
      name: 'test',
      command: options.command ?? [process.execPath, CHILD, behaviour, 'one; $(two)', '*'],
      cwd: undefined,
      env: options.env ?? {},
      shared: options.shared ?? false,
      digests: options.digests ?? new Map(),
      era: options.setting ?? 'legacy',
      client: TEST_CLIENT,
      limits: { ...STDIO_LIMITS, closeTimeoutMs: 300, restartDelayMs: 1_000, ...options.limits },
    },
    { clock, onUninvited, report: ({ problem }) => void reports.push(problem), env: options.ownEnv ?? {} },
  );
  onTestFinished(async () => {
    await upstream.close();
    rmSync(dir, { recursive: true });
  });
  const starts = (): number[] => {
    const text = existsSync(startsFile) ? readFileSync(startsFile, 'utf8') : '';
    return text.split('\n').filter(Boolean).map(Number);
  };
  return { upstream, clock, reports, uninvited, starts };
}

/** Whether there is such a process, even one that is dead and that its parent forgot about. */
export function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Whether there is such a process and it still runs. What an orphan leaves behind is up to the system. */
export function isRunning(pid: number): boolean {
  const stat = `/proc/${pid}/stat`;
  return isThere(pid) && !(existsSync(stat) && / Z /.test(readFileSync(stat, 'utf8')));
}

/** What a tool of `scripted-child.mjs` said. */
export function saidBy(outcome: CallOutcome): unknown {
  const { content } = JSON.parse(resultText(outcome)) as { content: [{ text: string }] };
  return JSON.parse(content[0].text) as unknown;
}
