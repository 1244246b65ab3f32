import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/core/json/value.ts';
import { startAskingUpstream } from '../support/asking-upstream.ts';
import {
  type Answerer,
  type Conversation,
  type ConversingHost,
  createModernHost,
  openLegacyHost,
} from '../support/conversing-host.ts';
import { runGateway, type TestGateway } from '../support/run-gateway.ts';
import type { ScriptedUpstream } from '../support/scripted-upstream.ts';

const UPSTREAMS = ['http-legacy', 'http-modern', 'stdio-legacy', 'stdio-modern'] as const;
const HOSTS = ['legacy', 'modern'] as const;
const PAIRS = HOSTS.flatMap((host) => UPSTREAMS.map((upstream) => [host, upstream] as const));

const ALLOW = `{ elicitation: [form, url], elicitationUrlHosts: [login.example.com], sampling: true, roots: true, logging: true }`;
const ALL_CAPABILITIES: JsonObject = { elicitation: { form: {}, url: {} }, sampling: {}, roots: {} };

let gateway: TestGateway;
let token: string;
const servers: ScriptedUpstream[] = [];

beforeAll(async () => {
  const legacy = await startAskingUpstream('legacy');
  const modern = await startAskingUpstream('modern');
  servers.push(legacy, modern);
  const child = join(import.meta.dirname, '../support/asking-server.mjs');
  const stdio = (era: string): string =>
    `{ command: [${JSON.stringify(process.execPath)}, ${JSON.stringify(child)}, ${era}], era: ${era}, allow: ${ALLOW} }`;
  gateway = await runGateway({
    config: `upstreams:
  http-legacy: { url: '${legacy.url}', era: legacy, allow: ${ALLOW} }
  http-modern: { url: '${modern.url}', era: modern, allow: ${ALLOW} }
  closed: { url: '${legacy.url}', era: legacy }
  closed-modern: { url: '${modern.url}', era: modern }
  stdio-legacy: ${stdio('legacy')}
  stdio-modern: ${stdio('modern')}
`,
    policies: Object.fromEntries(
      [...UPSTREAMS, 'closed', 'closed-modern'].map((name) => [
        `${name}.yaml`,
        `version: 1\nupstream: ${name}\nclasses: { read: ['*'], write: [], never: [] }\nrules: [{ id: all, who: { any: true }, tools: ['*'], effect: allow }]\n`,
      ]),
    ),
  });
  ({ token } = await gateway.issue({ user: 'alice' }));
});

afterAll(async () => {
  await gateway.close();
  await Promise.all(servers.map((server) => server.close()));
});

function openHost(era: 'legacy' | 'modern', capabilities = ALL_CAPABILITIES): Promise<ConversingHost> {
  const place = { port: gateway.mcpPort, token, capabilities };
  return era === 'modern' ? Promise.resolve(createModernHost(place)) : openLegacyHost(place);
}

const FORM = {
  method: 'elicitation/create',
  params: { message: 'Your name?', requestedSchema: { type: 'object', properties: { name: { type: 'string' } } } },
};
const PAGE = {
  method: 'elicitation/create',
  params: { mode: 'url', message: 'Sign in', url: 'https://login.example.com/x', elicitationId: 'theirs' },
};
const SAMPLING = {
  method: 'sampling/createMessage',
  params: {
    messages: [{ role: 'user', content: { type: 'text', text: 'hi' } }],
    maxTokens: 5,
    includeContext: 'allServers',
  },
};
const ROOTS = { method: 'roots/list', params: {} };
const SAID = { role: 'assistant', content: { type: 'text', text: 'hello' }, model: 'm' };

/** What the upstream was told. */
function toldBy({ answer }: Conversation): {
  answers?: Record<string, unknown>;
  state?: unknown;
  declared?: unknown;
  level?: unknown;
} {
  const [content] = (answer.result?.['content'] ?? []) as readonly { text: string }[];
  try {
    return JSON.parse(content?.text ?? '{}') as ReturnType<typeof toldBy>;
  } catch {
    return {};
  }
}

describe.each(PAIRS)('a %s host and a %s upstream', (era, upstream) => {
  async function ask(
    questions: JsonObject,
    answerer: Answerer,
    capabilities = ALL_CAPABILITIES,
  ): Promise<Conversation> {
    const host = await openHost(era, capabilities);
    return host.call(`${upstream}__ask`, { questions }, answerer);
  }

  it('a form that is filled in, under the name of who asks', async () => {
    const filled = { action: 'accept', content: { name: 'Ann' } };
    const talk = await ask({ who: FORM }, () => filled);
    expect(talk.asked.map(({ params }) => params['message'])).toEqual([`[${upstream}] Your name?`]);
    expect(toldBy(talk).answers).toEqual({ who: filled });
    if (upstream.endsWith('modern')) expect(toldBy(talk).state).toBe('opaque "state" \u00e9');
  });

  it('a form that is declined', async () => {
    const talk = await ask({ who: FORM }, () => ({ action: 'decline', content: { name: 'no' } }));
    expect(toldBy(talk).answers).toEqual({ who: { action: 'decline' } });
  });

  it('a page, with the id of nobody else', async () => {
    const talk = await ask({ who: PAGE }, () => ({ action: 'accept' }));
    const [{ params } = { params: {} as JsonObject }] = talk.asked;
    expect(params).toMatchObject({ mode: 'url', url: 'https://login.example.com/x' });
    expect(params['elicitationId'] === undefined).toBe(era === 'modern');
    expect(params['elicitationId']).not.toBe('theirs');
    expect(toldBy(talk).answers).toEqual({ who: { action: 'accept' } });
  });

  it("the person's model, without what others told it", async () => {
    const talk = await ask({ who: SAMPLING }, () => SAID);
    expect(talk.asked[0]?.params['includeContext']).toBeUndefined();
    expect(toldBy(talk).answers).toEqual({ who: SAID });
  });

  it('directories', async () => {
    const roots = { roots: [{ uri: 'file:///home/ann', name: 'home' }] };
    const talk = await ask({ who: ROOTS }, () => roots);
    expect(toldBy(talk).answers).toEqual({ who: roots });
  });

  it('two questions', async () => {
    const talk = await ask({ a: FORM, b: ROOTS }, ({ method }) =>
      method === 'roots/list' ? { roots: [] } : { action: 'accept', content: { name: 'Ann' } },
    );
    expect(talk.asked).toHaveLength(2);
    expect(toldBy(talk).answers).toEqual({ a: { action: 'accept', content: { name: 'Ann' } }, b: { roots: [] } });
  });

  it('a question that the host never said it could take', async () => {
    const talk = await ask({ who: SAMPLING }, () => SAID, { elicitation: {} });
    expect(talk.asked).toEqual([]);
    expect(JSON.stringify(talk.answer)).toMatch(upstream.endsWith('modern') ? /not-declared/ : /-32601/);
  });

  it('a form that asks for a password', async () => {
    const schema = { type: 'object', properties: { password: { type: 'string' } } };
    const talk = await ask(
      { who: { method: FORM.method, params: { message: 'Who?', requestedSchema: schema } } },
      () => ({}),
    );
    expect(talk.asked).toEqual([]);
    expect(JSON.stringify(talk.answer)).toContain('asks-for-secret');
  });

  it('no more is declared than the host can, and tasks, which the gateway follows for it', async () => {
    const host = await openHost(era, { elicitation: {}, tools: true });
    const declared = { elicitation: { form: {} }, ...ownOf(upstream) };
    expect(toldBy(await host.call(`${upstream}__plain`)).declared).toEqual(declared);
  });
});

describe.each(HOSTS)('a %s host and an upstream that may ask nothing', (era) => {
  it.each(['closed', 'closed-modern'])('%s is declared nothing of the host, and nothing is asked', async (upstream) => {
    const host = await openHost(era);
    expect(toldBy(await host.call(`${upstream}__plain`)).declared).toEqual(ownOf(upstream));
    const talk = await host.call(`${upstream}__ask`, { questions: { who: ROOTS } }, () => ({ roots: [] }));
    expect(talk.asked).toEqual([]);
  });
});

/** What the gateway declares for itself, whatever its host can: it follows the tasks of modern upstreams to their end. */
function ownOf(upstream: string): Record<string, unknown> {
  return upstream.endsWith('modern') ? { extensions: { 'io.modelcontextprotocol/tasks': {} } } : {};
}

describe('log messages', () => {
  it.each(UPSTREAMS)('of %s reach a modern host that asked, from the level on that it named', async (upstream) => {
    const host = await openHost('modern');
    const talk = await host.call(`${upstream}__log`, {}, undefined, { 'io.modelcontextprotocol/logLevel': 'warning' });
    expect(talk.notifications.map(({ params }) => params)).toEqual([
      { level: 'warning', logger: `${upstream}/srv`, data: 'a warning' },
      { level: 'error', logger: `${upstream}/srv`, data: 'a error' },
    ]);
    if (upstream.endsWith('modern')) expect(toldBy(talk).level).toBe('warning');
  });

  it.each(UPSTREAMS)('of %s reach no host that did not ask', async (upstream) => {
    for (const era of HOSTS) {
      const host = await openHost(era);
      expect((await host.call(`${upstream}__log`)).notifications).toEqual([]);
    }
  });
});

it('the log has each question and each answer of a call, and how its requests belong together', async () => {
  const before = (await gateway.entriesAfter(0)).at(-1)?.seq ?? 0;
  const host = await openHost('modern');
  await host.call('http-modern__ask', { questions: { who: FORM } }, () => ({ action: 'cancel' }));
  const entries = await gateway.entriesAfter(before);
  const [decision] = entries.filter(({ kind }) => kind === 'decision');
  const asks = entries.filter(({ kind }) => kind === 'ask');
  expect(asks.map(({ change, callId, detail }) => [change, callId, detail])).toEqual([
    ['asked', decision?.['callId'], null],
    ['continued', decision?.['callId'], null],
    ['answered', decision?.['callId'], 'cancel'],
  ]);
  expect(entries.filter(({ kind }) => kind === 'outcome')).toHaveLength(1);
});

it.each(UPSTREAMS)(
  'log messages of %s reach a legacy host from the level on that its session named',
  async (upstream) => {
    const host = await openHost('legacy');
    const set = { jsonrpc: '2.0', id: 'level', method: 'logging/setLevel', params: { level: 'error' } };
    expect((await host.post(set)).messages).toEqual([{ jsonrpc: '2.0', id: 'level', result: {} }]);
    const talk = await host.call(`${upstream}__log`);
    expect(talk.notifications.map(({ params }) => params?.['level'])).toEqual(['error']);
  },
);

it('a level that there is not is refused', async () => {
  const host = await openHost('legacy');
  const set = { jsonrpc: '2.0', id: 1, method: 'logging/setLevel', params: { level: 'loud' } };
  expect((await host.post(set)).messages[0]?.error?.code).toBe(-32602);
});

describe.each(HOSTS)('a call of a %s host that is turned away until a page was opened', (era) => {
  it.each<[string, number, string, JsonObject, RegExp]>([
    ['is sent again once the person agreed', 1, 'https://login.example.com/x', { action: 'accept' }, /\\"ran/],
    ['is not sent again without end', 9, 'https://login.example.com/x', { action: 'accept' }, /-32042/],
    [
      'is not sent again when the person does not want to',
      1,
      'https://login.example.com/x',
      { action: 'decline' },
      /declined/,
    ],
    ['sends nobody anywhere else', 1, 'https://evil.example/x', { action: 'accept' }, /url-host-not-allowed/],
  ])('%s', async (_sentence, times, url, said, answered) => {
    const host = await openHost(era);
    const talk = await host.call('http-legacy__sign-in', { times, url, era }, () => said);
    expect(talk.asked.every(({ params }) => params['url'] === 'https://login.example.com/x')).toBe(true);
    expect(JSON.stringify(talk.answer.result)).toMatch(answered);
  });
});

it('a modern host is told what it would have to declare, and no other is', async () => {
  const [modern, legacy] = await Promise.all([openHost('modern', {}), openHost('legacy', {})]);
  const { error } = (await modern.call('http-modern__needs-sampling')).answer;
  expect(error).toMatchObject({ code: -32021, data: { requiredCapabilities: { sampling: {} } } });
  expect((await legacy.call('http-modern__needs-sampling')).answer.result).toMatchObject({ isError: true });
  // What the operator does not allow would not help.
  expect((await modern.call('closed-modern__needs-sampling')).answer.result).toMatchObject({ isError: true });
});
