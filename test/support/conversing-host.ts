import type { JsonObject } from '../../src/core/json/value.ts';

/** A message as it came over the wire. */
export interface WireMessage {
  readonly id?: string | number;
  readonly method?: string;
  readonly params?: JsonObject;
  readonly result?: JsonObject;
  readonly error?: { readonly code: number; readonly message: string; readonly data?: JsonObject };
}

/** What a host says to a question; `undefined`: nothing at all, `'error'`: that it will not. */
export type Answerer = (question: WireMessage & { readonly method: string }) => JsonObject | 'error' | undefined;

/** What came of a call. */
export interface Conversation {
  readonly answer: WireMessage;
  /** In the order in which the host was asked. */
  readonly asked: readonly { readonly method: string; readonly params: JsonObject }[];
  readonly notifications: readonly WireMessage[];
}

/** A host that can be asked, of either era. */
export interface ConversingHost {
  call(tool: string, args?: JsonObject, answerer?: Answerer, meta?: JsonObject): Promise<Conversation>;
  /** One POST, as it is. */
  post(message: JsonObject, headers?: Readonly<Record<string, string>>): Promise<Posted>;
  readonly headers: Readonly<Record<string, string>>;
}

export interface Posted {
  readonly status: number;
  readonly messages: readonly WireMessage[];
}

export interface HostPlace {
  readonly port: number;
  readonly token: string;
  readonly capabilities: JsonObject;
}

const ROUNDS_MAX = 12;

/** 2026-07-28: asked by way of the answer. */
export function createModernHost({ port, token, capabilities }: HostPlace): ConversingHost {
  let id = 0;
  const headers = {
    authorization: `Bearer ${token}`,
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
    'mcp-protocol-version': '2026-07-28',
  };
  const post: ConversingHost['post'] = (message, more = {}) => {
    const params = (message['params'] ?? {}) as JsonObject;
    const name = typeof params['name'] === 'string' ? { 'mcp-name': params['name'] } : {};
    const method = { 'mcp-method': message['method'] as string };
    return postTo(port, message, { ...headers, ...method, ...name, ...more }, null);
  };

  return {
    headers,
    post,
    async call(tool, args = {}, answerer = () => undefined, meta = {}) {
      const asked: { method: string; params: JsonObject }[] = [];
      const notifications: WireMessage[] = [];
      let more: JsonObject = {};
      for (let round = 0; round < ROUNDS_MAX; round++) {
        const params = modernParams({ name: tool, arguments: args, ...more }, capabilities, meta);
        const posted = await post({ jsonrpc: '2.0', id: ++id, method: 'tools/call', params });
        notifications.push(...posted.messages.filter((message) => message.method !== undefined));
        const answer = posted.messages.at(-1) ?? {};
        const { resultType, inputRequests = {}, requestState } = answer.result ?? {};
        if (resultType !== 'input_required') return { answer, asked, notifications };
        const inputResponses: Record<string, JsonObject> = {};
        for (const [key, question] of Object.entries(
          inputRequests as Record<string, { method: string; params: JsonObject }>,
        )) {
          asked.push(question);
          const said = answerer(question);
          if (said !== undefined && said !== 'error') inputResponses[key] = said;
        }
        more = { inputResponses, requestState: requestState as string };
      }
      throw new Error('the call never ends');
    },
  };
}

export function modernParams(params: JsonObject, capabilities: JsonObject, meta: JsonObject = {}): JsonObject {
  return {
    ...params,
    _meta: {
      'io.modelcontextprotocol/protocolVersion': '2026-07-28',
      'io.modelcontextprotocol/clientCapabilities': capabilities,
      ...meta,
    },
  };
}

/** A revision before 2026-07-28: asked on the event stream of the call, and answers with a POST. */
export async function openLegacyHost(
  { port, token, capabilities }: HostPlace,
  revision = '2025-11-25',
): Promise<ConversingHost & { readonly session: string }> {
  let id = 0;
  const base = {
    authorization: `Bearer ${token}`,
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
  };
  const clientInfo = { name: 'test', version: '1' };
  const opened = await fetch(`http://127.0.0.1:${port}/mcp`, {
    method: 'POST',
    headers: base,
    body: JSON.stringify({
      jsonrpc: '2.0',
      id: 0,
      method: 'initialize',
      params: { protocolVersion: revision, capabilities, clientInfo },
    }),
  });
  await opened.text();
  const session = opened.headers.get('mcp-session-id') ?? '';
  const headers = { ...base, 'mcp-session-id': session, 'mcp-protocol-version': revision };
  const post: ConversingHost['post'] = (message, more = {}) => postTo(port, message, { ...headers, ...more }, null);

  return {
    session,
    headers,
    post,
    async call(tool, args = {}, answerer = () => undefined, meta) {
      const asked: { method: string; params: JsonObject }[] = [];
      const params = { name: tool, arguments: args, ...(meta !== undefined && { _meta: meta }) };
      const message = { jsonrpc: '2.0', id: ++id, method: 'tools/call', params };
      const posted = await postTo(port, message, headers, (question) => {
        asked.push({ method: question.method, params: question.params ?? {} });
        const said = answerer(question);
        if (said === undefined) return;
        const answer = said === 'error' ? { error: { code: -1, message: 'no' } } : { result: said };
        void post({ jsonrpc: '2.0', id: question.id ?? '', ...answer });
      });
      const notifications = posted.messages.filter(({ method, id: of }) => method !== undefined && of === undefined);
      return { answer: posted.messages.at(-1) ?? {}, asked, notifications };
    },
  };
}

async function postTo(
  port: number,
  message: JsonObject,
  headers: Readonly<Record<string, string>>,
  onQuestion: ((question: WireMessage & { readonly method: string }) => void) | null,
): Promise<Posted> {
  const response = await fetch(`http://127.0.0.1:${port}/mcp`, {
    method: 'POST',
    headers,
    body: JSON.stringify(message),
  });
  const { status } = response;
  if (response.headers.get('content-type') !== 'text/event-stream') {
    const text = await response.text();
    return { status, messages: text === '' ? [] : [JSON.parse(text) as WireMessage] };
  }
  const messages: WireMessage[] = [];
  let pending = '';
  for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    pending += chunk;
    const events = pending.split('\n\n');
    pending = events.pop() ?? '';
    for (const event of events) {
      const data = /^data: (.*)$/m.exec(event)?.[1];
      if (data === undefined) continue;
      const read = JSON.parse(data) as WireMessage;
      messages.push(read);
      if (read.method !== undefined && read.id !== undefined) onQuestion?.({ ...read, method: read.method });
    }
  }
  return { status, messages };
}
