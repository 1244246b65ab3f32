import { describe, expect, it } from 'vitest';
import { createStderrTail } from '../../../src/adapters/upstream/stdio/stderr-tail.ts';

const SECRET = 'canary-0123456789-canary';

describe('the last words of a process', () => {
  it('are empty where it said nothing', () => {
    expect(createStderrTail([]).read()).toBe('');
  });

  it('are the last thousand characters, on one line that nothing can fake', () => {
    const tail = createStderrTail([]);
    for (let i = 0; i < 10_000; i++) tail.push(Buffer.from(`line ${i}\n`));
    tail.push(Buffer.from('\u001b[2J\u202efaked\n'));
    expect(tail.read()).toMatch(/\\nline 9998\\nline 9999\\n\\u\{1b\}\[2J\\u\{202e\}faked$/);
    expect(tail.read()).not.toContain('line 100\\n');
  });

  it('never show a credential, wherever it stands and however it arrives', () => {
    for (let before = 0; before < 6_000; before += 97) {
      const tail = createStderrTail([SECRET]);
      const text = Buffer.from(`${'x'.repeat(50)}${SECRET}${'y'.repeat(before)}`);
      for (let at = 0; at < text.length; at += 13) tail.push(text.subarray(at, at + 13));
      expect(tail.read()).not.toMatch(/canary|0123/);
    }
  });

  it('mask the longer of two credentials that begin alike', () => {
    const tail = createStderrTail(['canary', SECRET]);
    tail.push(Buffer.from(SECRET));
    expect(tail.read()).toBe('[secret]');
  });

  it('leave short values alone, which occur in honest words', () => {
    const tail = createStderrTail(['1', 'true']);
    tail.push(Buffer.from('true: 1'));
    expect(tail.read()).toBe('true: 1');
  });
});
