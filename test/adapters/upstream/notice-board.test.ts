import { expect, it } from 'vitest';
import { createNoticeBoard } from '../../../src/adapters/upstream/notice-board.ts';
import type { Notice } from '../../../src/core/mcp/notices.ts';

const TOOLS: Notice = { kind: 'list-changed', list: 'tools' };
const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));

function createBoard(): { readonly board: ReturnType<typeof createNoticeBoard>; readonly told: unknown[] } {
  const board = createNoticeBoard();
  const told: unknown[] = [];
  board.add((notice, principal) => told.push([notice, principal]));
  return { board, told };
}

it('tells the same thing once in a turn, and again in a later one', async () => {
  const { board, told } = createBoard();
  for (let i = 0; i < 10_000; i++) board.announce(TOOLS, 'alice');
  expect(told).toEqual([[TOOLS, 'alice']]);
  await nextTurn();
  board.announce(TOOLS, 'alice');
  expect(told).toHaveLength(2);
});

it('takes what concerns two people, or two resources, for two things', () => {
  const { board, told } = createBoard();
  board.announce(TOOLS, 'alice');
  board.announce(TOOLS, 'bob');
  board.announce(TOOLS, null);
  board.announce({ kind: 'resource-updated', uri: 'a:1' }, 'alice');
  board.announce({ kind: 'resource-updated', uri: 'a:2' }, 'alice');
  expect(told).toHaveLength(5);
});

it('tells no more than so much in a turn', async () => {
  const { board, told } = createBoard();
  for (let i = 0; i < 10_000; i++) board.announce({ kind: 'resource-updated', uri: `a:${i}` }, 'alice');
  expect(told).toHaveLength(1_000);
  await nextTurn();
  board.announce({ kind: 'resource-updated', uri: 'a:9999' }, 'alice');
  expect(told).toHaveLength(1_001);
});
