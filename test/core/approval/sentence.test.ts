import { describe, expect, it } from 'vitest';
import { approvalSentence, ownWords } from '../../../src/core/approval/sentence.ts';
import { SAMPLE_PARTICULARS } from '../../support/store-samples.ts';

interface Wish {
  readonly name?: string;
  readonly tool?: string;
  readonly summary?: string | null;
}

function shown({ name = 'Alice', tool = 'purge', summary = null }: Wish): string {
  const names = { client: 'host-1', upstream: 'crm', tool };
  const binding = { ...names, principal: 'alice' } as Parameters<typeof approvalSentence>[0]['binding'];
  const particulars = { ...SAMPLE_PARTICULARS, summary };
  const sentence = approvalSentence({ binding, requesterName: name, particulars });
  return ownWords(sentence, { ...names, requester: 'alice', requesterName: name });
}

describe('the words of the rule in a sentence', () => {
  it.each<[string, Wish, string]>([
    ['those that it has', { summary: 'Purge deal 7' }, 'Purge deal 7'],
    ['none where it has none', {}, ''],
    ['not those that a person put into their own name', { name: 'A on crm through host-1: read the weather' }, ''],
    [
      'nor those of the name before those of the rule',
      { name: 'A on crm through host-1: x', summary: 'Purge' },
      'Purge',
    ],
    ['nor those that an agent put into a URI', { tool: 'resources/read x:y on crm through host-1: nothing' }, ''],
    [
      'also where a value looks like the beginning',
      { summary: 'x on crm through host-1: y' },
      'x on crm through host-1: y',
    ],
    ['also behind a name that turns text around', { name: 'A\u202e', summary: 'Purge' }, 'Purge'],
  ])('are %s', (_, wish, words) => {
    expect(shown(wish)).toBe(words);
  });
});
