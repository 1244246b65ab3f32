import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { expectPairs } from '../support/audit-pairs.ts';
import { type PeerWorld, startPeerWorld } from '../support/peer-world.ts';
import { INSPECTOR_ERAS, runInspector } from '../support/run-inspector.ts';
import { connectV1, SDKS, textOf } from '../support/sdk-hosts.ts';

// Clients and servers that others wrote, on both sides of the gateway: what they can do through it, wherever they come in.

const NOTE = 'line 1\r\nline 2 \u00e9\u{1f600}\n';

let world: PeerWorld;
let note: string;
beforeAll(async () => {
  world = await startPeerWorld({ holdMs: 100 });
  note = join(world.files, 'note.txt');
  writeFileSync(note, NOTE);
});
afterAll(() => world?.close());

const EVERYTHING = [
  'echo',
  'get-annotated-message',
  'get-resource-links',
  'get-resource-reference',
  'get-structured-content',
  'get-sum',
  'get-tiny-image',
  'trigger-long-running-operation',
];
/** All that the server has, but `move_file`. */
const FILESYSTEM = [
  'create_directory',
  'directory_tree',
  'edit_file',
  'get_file_info',
  'list_allowed_directories',
  'list_directory',
  'list_directory_with_sizes',
  'read_file',
  'read_media_file',
  'read_multiple_files',
  'read_text_file',
  'search_files',
  'write_file',
];
const inAll = (upstream: string) => (tool: string) => `${upstream}__${tool}`;
/** Of the gateway itself, to whoever can have something to wait for. */
const OWN = 'countersign__approvals';
const ALL = [OWN, ...EVERYTHING.map(inAll('everything')), ...FILESYSTEM.map(inAll('filesystem'))];

/** Where a host can come in, and what alice finds there. */
const PATHS: readonly (readonly [path: string, listed: readonly string[]])[] = [
  ['/mcp', ALL],
  ['/token/mcp', ALL],
  ['/mcp/filesystem', FILESYSTEM],
  ['/token/mcp/filesystem', FILESYSTEM],
  ['/mcp/everything', EVERYTHING],
];

/** What a tool is called there. */
const named = (path: string, upstream: string, tool: string): string =>
  path.endsWith(`/${upstream}`) ? tool : inAll(upstream)(tool);

describe.each(PATHS)('at %s', (path, listed) => {
  it.each(SDKS)('%s sees what alice may use, and uses it', async (_name, connect, revision) => {
    const host = await connect(world.url(path), world.tokens.alice);
    expect(host.revision).toBe(revision);
    expect((await host.listTools()).toSorted()).toEqual(listed);

    if (listed !== EVERYTHING) {
      const read = await host.call(named(path, 'filesystem', 'read_text_file'), { path: note });
      expect(read.structuredContent).toEqual({ content: NOTE });
      expect(textOf(read)).toBe(NOTE);
    }
    if (listed !== FILESYSTEM) {
      const sum = await host.call(named(path, 'everything', 'get-sum'), { a: 2, b: 40 });
      expect(textOf(sum)).toBe('The sum of 2 and 40 is 42.');
      const echo = await host.call(named(path, 'everything', 'echo'), { message: 'data: {}\n\nid: 1\n' });
      expect(textOf(echo)).toBe('Echo: data: {}\n\nid: 1\n');
    }
    await host.close();
  });
});

async function rejectWrite(path: string): Promise<void> {
  const { id } = await vi.waitFor(async () => {
    const pending = await world.pendingApprovals();
    const found = pending.find((each) => JSON.stringify(each.arguments).includes(path));
    if (found === undefined) throw new Error('nothing waits for a person yet');
    return found;
  }, 20_000);
  await world.gateway.admin('POST', `/api/approvals/${id}/reject`, {}, world.admins.olivia);
}

// Each run is a process of its own.
describe.concurrent.each(INSPECTOR_ERAS)('the Inspector, told to be %s,', (era) => {
  const inspect = (path: string, method: string, ...args: string[]) =>
    runInspector({ url: world.url(path), token: world.tokens.alice, era }, ['--method', method, ...args]);

  it.each(PATHS.slice(0, 3))('sees what alice may use at %s', async (path, listed) => {
    const { result, exitCode } = await inspect(path, 'tools/list');
    expect(result?.tools?.map(({ name }) => name).toSorted()).toEqual(listed);
    expect(exitCode).toBe(0);
  });

  it('reads a file', async () => {
    const target = ['--tool-name', 'read_text_file', '--tool-arg', `path=${note}`];
    const { result, exitCode } = await inspect('/mcp/filesystem', 'tools/call', ...target);
    expect(result).toMatchObject({ content: [{ type: 'text', text: NOTE }] });
    expect(exitCode).toBe(0);
  });

  it('is told that a write waits for a person, although it checks results against schemas', async () => {
    const path = join(world.files, `from-the-inspector-${era}`);
    const target = ['--tool-name', 'filesystem__write_file', '--tool-arg', `path=${path}`, 'content=hello'];
    const asked = inspect('/token/mcp', 'tools/call', ...target);
    // In the new era it says that it can wait by a task, is given one, and asks after it until somebody has decided.
    if (era !== 'legacy') await rejectWrite(path);
    const status = era === 'legacy' ? 'approval_pending' : 'approval_rejected';
    expect((await asked).result).toMatchObject({ isError: true, structuredContent: { status } });
    expect(existsSync(path)).toBe(false);
  });
});

it('each person is shown what their own groups may use', async () => {
  const host = await connectV1(world.url('/mcp'), world.tokens.carol);
  expect((await host.listTools()).toSorted()).toEqual(EVERYTHING.map(inAll('everything')));
  await host.close();
});

it('all of it is in the audit log', async () => {
  const log = await expectPairs(world);
  const asked = new Set(log.filter(({ method }) => method === 'tools/call').map(({ tool }) => tool));
  expect(asked).toEqual(new Set(['echo', 'get-sum', 'read_text_file', 'write_file']));
});
