import { Client as SplitClient, StreamableHTTPClientTransport as SplitHttp } from '@modelcontextprotocol/client';
import { StdioClientTransport as SplitStdio } from '@modelcontextprotocol/client/stdio';
import { Client as FirstClient } from '@modelcontextprotocol/sdk/client/index.js';
import { SSEClientTransport } from '@modelcontextprotocol/sdk/client/sse.js';
import { StdioClientTransport as FirstStdio } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport as FirstHttp } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import {
  CreateMessageRequestSchema,
  ElicitRequestSchema,
  ListRootsRequestSchema,
  LoggingMessageNotificationSchema,
  PromptListChangedNotificationSchema,
  ResourceUpdatedNotificationSchema,
  ToolListChangedNotificationSchema,
} from '@modelcontextprotocol/sdk/types.js';
import type { Fields } from './fixture/wire.ts';

/** A host made with an SDK of the protocol's authors, that answers what it is asked and remembers what it was told. */
export interface FixtureHost {
  readonly client: SdkClient;
  /** The questions, in their order. */
  readonly asked: readonly Question[];
  /** The methods of the notifications that belong to no progress. */
  readonly told: readonly string[];
  /** Makes the host hear of changes, in the way of its era. */
  listen(): Promise<void>;
  /** Forgets what it was asked and told. */
  forget(): void;
  close(): Promise<void>;
}

export interface Question {
  readonly method: string;
  readonly params: Fields;
}

/** What both SDKs can do, in the same words. */
export interface SdkClient {
  listTools(): Promise<{ readonly tools: readonly { readonly name: string }[] }>;
  callTool(params: { name: string; arguments: Record<string, unknown> }, options?: CallOptions): Promise<Fields>;
  listResources(): Promise<{ readonly resources: readonly { readonly uri: string }[] }>;
  listResourceTemplates(): Promise<{ readonly resourceTemplates: readonly { readonly uriTemplate: string }[] }>;
  readResource(params: { uri: string }): Promise<{ readonly contents: readonly Fields[] }>;
  listPrompts(): Promise<{ readonly prompts: readonly { readonly name: string }[] }>;
  getPrompt(params: {
    name: string;
    arguments?: Record<string, string>;
  }): Promise<{ readonly messages: readonly Fields[] }>;
  complete(params: {
    ref: { type: 'ref/prompt'; name: string };
    argument: { name: string; value: string };
  }): Promise<{ readonly completion: { readonly values: readonly string[] } }>;
}

export interface CallOptions {
  readonly onprogress?: (progress: { readonly progress: number; readonly total?: number | undefined }) => void;
  readonly signal?: AbortSignal;
}

/** Where a host connects. */
export type HostTarget =
  | { readonly kind: 'http' | 'sse'; readonly url: string }
  | { readonly kind: 'stdio'; readonly command: string; readonly args: string[] };

/** `isMute`: the host declares that it can be asked nothing. */
export type ConnectHost = (target: HostTarget, isMute?: boolean) => Promise<FixtureHost>;

export const WATCHED = 'test://watched-resource';

const INFO = { name: 'a-host', version: '1.0.0' };
const CAPABILITIES = { sampling: {}, elicitation: { form: {}, url: {} }, roots: {} };

const ANSWERS = {
  'sampling/createMessage': {
    role: 'assistant',
    content: { type: 'text', text: 'Paris' },
    model: 'a-model',
    stopReason: 'endTurn',
  },
  'elicitation/create': { action: 'accept', content: { name: 'Alice', color: 'blue', ok: true, context: 'here' } },
  'roots/list': { roots: [{ uri: 'file:///srv/alice', name: 'Alice' }] },
} as const;

type AskMethod = keyof typeof ANSWERS;

export const connectLegacy: ConnectHost = async (target, isMute = false) => {
  const client = new FirstClient(INFO, { capabilities: isMute ? {} : CAPABILITIES });
  const { asked, told, forget, answerAs } = createMemory();
  if (!isMute) {
    client.setRequestHandler(CreateMessageRequestSchema, ({ params }) => answerAs('sampling/createMessage', params));
    client.setRequestHandler(ElicitRequestSchema, ({ params }) => answerAs('elicitation/create', params));
    client.setRequestHandler(ListRootsRequestSchema, () => answerAs('roots/list', {}));
  } else client.fallbackRequestHandler = ({ method, params }) => Promise.resolve(answerAs(method as AskMethod, params));
  for (const schema of [
    LoggingMessageNotificationSchema,
    PromptListChangedNotificationSchema,
    ResourceUpdatedNotificationSchema,
    ToolListChangedNotificationSchema,
  ]) {
    client.setNotificationHandler(schema, ({ method }) => void told.push(method));
  }
  const transport = createTransport(target);
  // The transports of v1 are not typed for exactOptionalPropertyTypes.
  await client.connect(transport as Parameters<typeof client.connect>[0]);
  return {
    client: {
      ...methodsOf(client as unknown as SdkClient),
      callTool: async (params, options) => await client.callTool(params, undefined, options),
    },
    asked,
    told,
    forget,
    listen: async () => void (await client.subscribeResource({ uri: WATCHED })),
    close: () => client.close(),
  };
};

export const connectModern: ConnectHost = async (target, isMute = false) => {
  const client = new SplitClient(INFO, {
    capabilities: isMute ? {} : CAPABILITIES,
    versionNegotiation: { mode: { pin: '2026-07-28' } },
  });
  const { asked, told, forget, answerAs } = createMemory();
  if (!isMute) {
    client.setRequestHandler('sampling/createMessage', ({ params }) => answerAs('sampling/createMessage', params));
    client.setRequestHandler('elicitation/create', ({ params }) => answerAs('elicitation/create', params));
    client.setRequestHandler('roots/list', () => answerAs('roots/list', {}));
  } else client.fallbackRequestHandler = ({ method, params }) => Promise.resolve(answerAs(method as AskMethod, params));
  client.setNotificationHandler('notifications/prompts/list_changed', ({ method }) => void told.push(method));
  client.setNotificationHandler('notifications/tools/list_changed', ({ method }) => void told.push(method));
  client.setNotificationHandler('notifications/resources/updated', ({ method }) => void told.push(method));
  await client.connect(target.kind === 'stdio' ? new SplitStdio(target) : new SplitHttp(new URL(target.url)));
  return {
    client: methodsOf(client as unknown as SdkClient),
    asked,
    told,
    forget,
    listen: async () =>
      void (await client.listen({
        toolsListChanged: true,
        promptsListChanged: true,
        resourceSubscriptions: [WATCHED],
      })),
    close: () => client.close(),
  };
};

function createTransport(target: HostTarget): FirstHttp | FirstStdio | SSEClientTransport {
  if (target.kind === 'stdio') return new FirstStdio(target);
  const url = new URL(target.url);
  return target.kind === 'http' ? new FirstHttp(url) : new SSEClientTransport(url);
}

/** The methods by themselves: those of the clients live on their prototypes. */
function methodsOf(client: SdkClient): SdkClient {
  return {
    listTools: () => client.listTools(),
    callTool: (...args) => client.callTool(...args),
    listResources: () => client.listResources(),
    listResourceTemplates: () => client.listResourceTemplates(),
    readResource: (params) => client.readResource(params),
    listPrompts: () => client.listPrompts(),
    getPrompt: (params) => client.getPrompt(params),
    complete: (params) => client.complete(params),
  };
}

function createMemory(): {
  readonly asked: Question[];
  readonly told: string[];
  forget(): void;
  answerAs(method: AskMethod, params: unknown): never;
} {
  const asked: Question[] = [];
  const told: string[] = [];
  return {
    asked,
    told,
    forget() {
      asked.length = 0;
      told.length = 0;
    },
    // Each SDK has types of its own for the same answers.
    answerAs(method, params) {
      asked.push({ method, params: params as Fields });
      return structuredClone(ANSWERS[method]) as never;
    },
  };
}
