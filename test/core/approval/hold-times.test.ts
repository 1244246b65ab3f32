import { describe, expect, it } from 'vitest';
import { holdMsFor } from '../../../src/core/approval/hold-times.ts';

const times = {
  configured: new Map([
    ['my-agent', 5000],
    ['claude-code', 7000],
  ]),
  otherwiseMs: 25_000,
};

describe('how long a host is kept waiting', () => {
  it.each<[string, readonly (string | undefined)[], number]>([
    ['one that is known', ['cursor-vscode', 'tok_1'], 50_000],
    ['one that is known, in other letters', ['Claude-AI', 'tok_1'], 200_000],
    ['one that is known by its client', [undefined, 'codex'], 270_000],
    ['one of which the operator says it', ['my-agent/2', 'tok_1'], 5000],
    ['one that is known, of which the operator says something else', ['claude-code', 'tok_1'], 7000],
    ['one that is known, through a client of which the operator says something', ['cursor', 'my-agent'], 5000],
    ['one of which nothing is known', ['something', 'tok_1'], 25_000],
    ['one that has a known name in the middle', ['not-cursor', 'tok_1'], 25_000],
    ['one without a name', [undefined, 'tok_1'], 25_000],
    ['one with a name that is too long', [`${'x'.repeat(1000)}cursor`, 'tok_1'], 25_000],
  ])('%s', (_what, names, expected) => {
    expect(holdMsFor(times, names)).toBe(expected);
  });
});
