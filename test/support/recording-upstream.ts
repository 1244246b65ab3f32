import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { answerSideDoor } from './side-doors.ts';
import { type ScriptedUpstream, startScriptedUpstream } from './scripted-upstream.ts';

export interface RecordedCall {
  readonly tool: string;
  readonly params: Readonly<Record<string, unknown>>;
  /** The message as it came. */
  readonly text: string;
  /** Which connection or process got it. */
  readonly peer: string;
}

/** An upstream that remembers everything, whatever it is reached over: the judge of "the upstream saw nothing". */
export interface RecordingUpstream {
  /** Its part of `upstreams:`, in YAML's flow style. */
  readonly config: string;
  /** What the gateway holds for it and nobody else may see. */
  readonly credential: string;
  calls(): readonly RecordedCall[];
  /** Every byte that it was ever sent. */
  bytes(): string;
  /** To make it misbehave; `null` where it is a process. */
  readonly server: ScriptedUpstream | null;
  /** Lets it answer calls honestly again, save that a tool whose name begins with `slow` never answers. */
  beHonest(): void;
  close(): Promise<void>;
}

export const TRANSPORTS = ['http, modern', 'http, legacy', 'stdio'] as const;
export type UpstreamTransport = (typeof TRANSPORTS)[number];

export function startRecordingUpstream(
  transport: UpstreamTransport,
  tools: readonly unknown[],
  credential: string,
): Promise<RecordingUpstream> {
  switch (transport) {
    case 'http, modern':
      return startHttp('modern', tools, credential);
    case 'http, legacy':
      return startHttp('legacy', tools, credential);
    case 'stdio':
      return Promise.resolve(prepareStdio(tools, credential));
  }
}

const SIDE_DOORS = [
  'resources/list',
  'resources/templates/list',
  'resources/read',
  'prompts/list',
  'prompts/get',
  'completion/complete',
];

async function startHttp(
  era: 'modern' | 'legacy',
  tools: readonly unknown[],
  credential: string,
): Promise<RecordingUpstream> {
  const server = await startScriptedUpstream({ era, sessions: era === 'legacy', tools, instructions: 'Be kind.' });
  const beHonest = (): void =>
    server.on('tools/call', ({ message }, reply) => {
      const { name, arguments: args } = message?.params ?? {};
      if (String(name).startsWith('slow')) return;
      const complete = era === 'modern' ? { resultType: 'complete' } : {};
      reply.result({ ...complete, content: [{ type: 'text', text: JSON.stringify(args) }] });
    });
  for (const method of SIDE_DOORS) {
    server.on(method, ({ message }, reply) => {
      const answer = answerSideDoor(method, message?.params ?? {});
      const manners = era === 'modern' ? { resultType: 'complete', ttlMs: 9, cacheScope: 'public' } : {};
      if (answer !== null && 'result' in answer) reply.result({ ...manners, ...answer.result });
      else reply.error(answer?.error.code ?? -32601);
    });
  }
  beHonest();
  const header = { kind: 'header', name: 'x-app-token', value: credential, shared: true };
  return {
    config: JSON.stringify({ url: server.url, era, credentials: header }),
    credential,
    calls: () =>
      server.seen('tools/call').map(({ message, body, connection }) => {
        const params = message?.params ?? {};
        return { tool: String(params['name']), params, text: body, peer: `connection ${connection}` };
      }),
    bytes: () => server.bytesSeen(),
    server,
    beHonest,
    close: () => server.close(),
  };
}

const RECORDING_SERVER = join(import.meta.dirname, '../peers/recording-server.ts');

function prepareStdio(tools: readonly unknown[], credential: string): RecordingUpstream {
  const dir = mkdtempSync(join(tmpdir(), 'countersign-recording-'));
  const record = join(dir, 'record');
  const names = tools.map((tool) => (tool as { name: string }).name).join(' ');
  const bytes = (): string => (existsSync(record) ? readFileSync(record, 'utf8') : '');
  return {
    config: JSON.stringify({
      command: [process.execPath, RECORDING_SERVER, record, names],
      env: { CRM_API_KEY: credential },
      era: 'legacy',
    }),
    credential,
    calls: () => bytes().split('\n').flatMap(callIn),
    bytes,
    server: null,
    beHonest: () => undefined,
    close: () => Promise.resolve(rmSync(dir, { recursive: true, force: true })),
  };
}

/** `<pid> <message>` */
function callIn(line: string): readonly RecordedCall[] {
  const [peer = '', ...rest] = line.split(' ');
  const text = rest.join(' ');
  if (text === '') return [];
  const { method, params = {} } = JSON.parse(text) as { method?: string; params?: Record<string, unknown> };
  return method === 'tools/call' ? [{ tool: String(params['name']), params, text, peer: `process ${peer}` }] : [];
}
