import { setTimeout as wait } from 'node:timers/promises';
import { expect } from 'vitest';
import { type FixtureHost, WATCHED } from './fixture-hosts.ts';
import type { Fields } from './fixture/wire.ts';

export type PlayScenario = (host: FixtureHost) => Promise<void>;

/** What a host does with the fixture, directly or through the gateway: it cannot tell which. One row, one sentence. */
export const HOST_SCENARIOS: readonly (readonly [sentence: string, play: PlayScenario])[] = [
  ['lists the tools, and gets content of each kind', playContent],
  ['is told how far a call is', playProgress],
  ['learns that a tool failed', playFailure],
  ['answers for its model', playSampling],
  ['answers for its user, in rounds', playElicitation],
  ['answers for its model, its user and its roots at once', playSeveral],
  ['sends its user to a page', playPage],
  ['sends its user to a page before a call can begin', playPageFirst],
  ['cancels a call', playCancel],
  ['reads resources that are listed, and one that is made from a template', playResources],
  ['gets prompts, also one that asks its user', playPrompts],
  ['has arguments completed', playCompletion],
  ['hears of changes', playChanges],
];

async function playContent({ client }: FixtureHost): Promise<void> {
  const { tools } = await client.listTools();
  expect(tools.map(({ name }) => name)).toContain('test_simple_text');
  expect(await call(client, 'test_image_content')).toMatchObject([{ type: 'image', mimeType: 'image/png' }]);
  expect(await call(client, 'test_audio_content')).toMatchObject([{ type: 'audio', mimeType: 'audio/wav' }]);
  expect(await call(client, 'test_embedded_resource')).toMatchObject([{ type: 'resource' }]);
  expect(await call(client, 'test_x_mcp_header', { region: 'Zürich ' })).toMatchObject([{ text: 'Region: Zürich ' }]);
}

async function playProgress({ client }: FixtureHost): Promise<void> {
  const seen: number[] = [];
  const onprogress = ({ progress }: { readonly progress: number }): void => void seen.push(progress);
  await client.callTool({ name: 'test_tool_with_progress', arguments: {} }, { onprogress });
  // The SDKs drop a notification that comes in one piece with the answer.
  expect([0, 50, 100].slice(0, Math.max(2, seen.length))).toEqual(seen);
}

async function playFailure({ client }: FixtureHost): Promise<void> {
  const answer = await client.callTool({ name: 'test_error_handling', arguments: {} });
  expect(answer).toMatchObject({ isError: true, content: [{ text: expect.stringContaining('intentionally') }] });
}

async function playSampling({ client, asked }: FixtureHost): Promise<void> {
  const answer = await call(client, 'test_sampling', { prompt: 'Which capital?' });
  expect(answer).toMatchObject([{ text: 'LLM response: Paris' }]);
  const messages = [{ role: 'user', content: { type: 'text', text: 'Which capital?' } }];
  expect(asked).toMatchObject([{ method: 'sampling/createMessage', params: { maxTokens: 100, messages } }]);
}

async function playElicitation({ client, asked }: FixtureHost): Promise<void> {
  const answer = await call(client, 'test_input_required_result_multi_round');
  expect(answer).toMatchObject([{ text: expect.stringMatching(/Alice.*blue/) }]);
  expect(asked.map(({ params }) => params['message'])).toEqual([
    expect.stringContaining('Step 1'),
    expect.stringContaining('Step 2'),
  ]);
}

async function playSeveral({ client, asked }: FixtureHost): Promise<void> {
  const answer = await call(client, 'test_input_required_result_multiple_inputs');
  expect(answer).toMatchObject([{ text: expect.stringMatching(/Alice.*Paris.*srv\/alice/) }]);
  expect(asked.map(({ method }) => method).toSorted()).toEqual([
    'elicitation/create',
    'roots/list',
    'sampling/createMessage',
  ]);
}

async function playPage({ client, asked }: FixtureHost): Promise<void> {
  expect(await call(client, 'test_elicitation_url')).toMatchObject([{ text: 'Page: accept' }]);
  const url = 'https://login.example.com/consent?id=1';
  expect(asked).toMatchObject([{ method: 'elicitation/create', params: { mode: 'url', url } }]);
}

/** Before 2026-07-28 a host may be told to open a page and call again; it is all one to it whether the gateway did that already. */
async function playPageFirst({ client, asked }: FixtureHost): Promise<void> {
  const params = { name: 'test_url_required', arguments: {} };
  const first: unknown = await client.callTool(params).catch((error: unknown) => error);
  if (first instanceof Error) expect(first).toMatchObject({ code: -32042, data: { elicitations: [{ mode: 'url' }] } });
  else expect(asked).toMatchObject([{ method: 'elicitation/create', params: { mode: 'url' } }]);
  const answer = first instanceof Error ? await client.callTool(params) : first;
  expect(answer).toMatchObject({ content: [{ text: 'Opened.' }] });
}

async function playCancel({ client }: FixtureHost): Promise<void> {
  const before = await countCancelled(client);
  const controller = new AbortController();
  // Progress says that the call is under way.
  const options = { signal: controller.signal, onprogress: () => controller.abort('enough') };
  await expect(client.callTool({ name: 'test_waiting', arguments: {} }, options)).rejects.toThrow(/enough/);
  await expect.poll(() => countCancelled(client), { timeout: 10_000 }).toBe(before + 1);
}

async function countCancelled(client: FixtureHost['client']): Promise<number> {
  const [content] = (await call(client, 'test_cancelled_count')) as readonly [{ readonly text: string }];
  return Number(content.text);
}

async function playResources({ client }: FixtureHost): Promise<void> {
  const { resources } = await client.listResources();
  expect(resources.map(({ uri }) => uri)).toContain('test://static-text');
  const { resourceTemplates } = await client.listResourceTemplates();
  expect(resourceTemplates.map(({ uriTemplate }) => uriTemplate)).toEqual(['test://template/{id}/data']);
  const { contents } = await client.readResource({ uri: 'test://template/42/data' });
  expect(contents).toMatchObject([{ uri: 'test://template/42/data', text: expect.stringContaining('"id":"42"') }]);
  expect(await client.readResource({ uri: 'test://static-binary' })).toMatchObject({
    contents: [{ mimeType: 'image/png' }],
  });
  await expect(client.readResource({ uri: 'test://not-there' })).rejects.toThrow(/not found/i);
}

async function playPrompts({ client, asked }: FixtureHost): Promise<void> {
  const { prompts } = await client.listPrompts();
  expect(prompts.map(({ name }) => name)).toContain('test_prompt_with_arguments');
  const args = { arg1: 'one', arg2: 'two' };
  const filled = await client.getPrompt({ name: 'test_prompt_with_arguments', arguments: args });
  expect(JSON.stringify(filled.messages)).toContain("arg1='one', arg2='two'");
  const asking = await client.getPrompt({ name: 'test_input_required_result_prompt' });
  expect(JSON.stringify(asking.messages)).toContain('Context: here');
  expect(asked.map(({ method }) => method)).toEqual(['elicitation/create']);
}

async function playCompletion({ client }: FixtureHost): Promise<void> {
  const ref = { type: 'ref/prompt', name: 'test_prompt_with_arguments' } as const;
  const { completion } = await client.complete({ ref, argument: { name: 'arg1', value: 'par' } });
  expect(completion.values).toEqual(['paris', 'park', 'party']);
}

async function playChanges({ client, told, listen }: FixtureHost): Promise<void> {
  await listen();
  const wanted = ['tools/list_changed', 'prompts/list_changed', 'resources/updated'].map(
    (name) => `notifications/${name}`,
  );
  const hasHeard = (): boolean => wanted.every((method) => told.includes(method));
  // More than once, because a host does not know when the stream is open that it hears on.
  for (let changes = 0; changes < 8 && !hasHeard(); changes++) {
    for (const what of ['tool', 'prompt', 'resource']) await call(client, `test_trigger_${what}_change`);
    for (let looks = 0; looks < 34 && !hasHeard(); looks++) await wait(50);
  }
  expect(told).toEqual(expect.arrayContaining(wanted));
  expect(await client.readResource({ uri: WATCHED })).toMatchObject({
    contents: [{ text: expect.stringMatching(/^Changed [1-9]/) }],
  });
}

async function call(client: FixtureHost['client'], name: string, args: Record<string, unknown> = {}): Promise<unknown> {
  const answer: Fields = await client.callTool({ name, arguments: args });
  expect(answer['isError'] ?? false).toBe(false);
  return answer['content'];
}
