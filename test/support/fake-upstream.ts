import { definitionDigest } from '../../src/core/catalog/definition-digest.ts';
import { parseDefinition } from '../../src/core/catalog/listed.ts';
import type { ToolDefinition } from '../../src/core/catalog/tool.ts';
import type { Notice, Wish } from '../../src/core/mcp/notices.ts';
import type { JsonObject } from '../../src/core/json/value.ts';
import { err, ok, type Result } from '../../src/core/result.ts';
import type {
  Upstream,
  UpstreamCall,
  UpstreamFault,
  UpstreamResult,
  UpstreamRpcError,
  UpstreamStatus,
} from '../../src/ports/upstream.ts';

export interface FakeUpstream extends Upstream {
  /** Every call that got through, in order: the judge of "the upstream saw nothing". */
  readonly seen: UpstreamCall[];
  /** What the next calls answer; the default echoes the arguments. */
  answer: (call: UpstreamCall) => Promise<Result<UpstreamResult | UpstreamRpcError, UpstreamFault>>;
  /** Everything else that it lists. */
  readonly others: Map<'resources' | 'templates' | 'prompts', readonly JsonObject[]>;
  /** Replaces the definitions, as an upstream that changes its mind does. */
  offer(tools: readonly JsonObject[]): void;
  listFault: UpstreamFault | null;
  /** What it says about itself. */
  instructions: string | null;
  /** Tells something; `principal`: in whose session. */
  say(notice: Notice, principal: string | null): void;
  /** What each principal wants to be told. */
  readonly wishes: Map<string, Wish>;
}

/** An upstream that exists in memory only, for tests of the gateway itself. Adapters are tested with real ones. */
export function createFakeUpstream(name: string, toolNames: readonly string[]): FakeUpstream {
  let definitions: readonly ToolDefinition[] = [];
  const listeners: ((notice: Notice, principal: string | null) => void)[] = [];
  const upstream: FakeUpstream = {
    name,
    seen: [],
    others: new Map(),
    listFault: null,
    instructions: null,
    answer: (call) => Promise.resolve(ok(textResult(`ran ${call.target.name} ${argumentsOf(call)}`))),
    offer(tools) {
      definitions = tools.map((definition) => ({
        name: definition['name'] as string,
        definition,
        digest: definitionDigest(definition),
      }));
      upstream.say({ kind: 'list-changed', list: 'tools' }, null);
    },
    call(call) {
      upstream.seen.push(call);
      return upstream.answer(call);
    },
    list(kind) {
      if (upstream.listFault !== null) return Promise.resolve(err(upstream.listFault));
      const listed = (upstream.others.get(kind) ?? []).map((json) => parseDefinition(kind, json));
      return Promise.resolve(ok(listed.flatMap((parsed) => (parsed.ok ? [parsed.value] : []))));
    },
    loadInstructions: () => Promise.resolve(ok(upstream.instructions)),
    listTools: () => Promise.resolve(upstream.listFault === null ? ok(definitions) : err(upstream.listFault)),
    say(notice, principal) {
      for (const listener of listeners) listener(notice, principal);
    },
    onNotice: (listener) => void listeners.push(listener),
    async attend({ principal }, wish) {
      upstream.wishes.set(principal, wish);
    },
    wishes: new Map(),
    tellRootsChanged: () => undefined,
    status: () => ({ ...IDLE, name, tools: definitions.length }),
    close: () => Promise.resolve(),
  };
  upstream.offer(toolNames.map((tool) => ({ name: tool, description: tool, inputSchema: { type: 'object' } })));
  return upstream;
}

/** The arguments of a call, as the canonical JSON they came in. */
function argumentsOf({ target }: UpstreamCall): string {
  return JSON.stringify((JSON.parse(target.paramsJson) as { arguments: unknown }).arguments);
}

export function textResult(text: string, isError = false): UpstreamResult {
  const json = Buffer.from(JSON.stringify({ content: [{ type: 'text', text }], isError }));
  return { kind: 'result', isError, json: [json], jsonBytes: json.length };
}

const IDLE: UpstreamStatus = {
  name: '',
  transport: 'http',
  state: 'ready',
  era: 'modern',
  revision: '2026-07-28',
  tools: null,
  lastFault: null,
};
