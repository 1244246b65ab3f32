import { describe, expect, it } from 'vitest';
import { createUnreadAnswers } from '../../../src/adapters/http/unread-answers.ts';

const LIMITS = { unreadBytesMax: 100, unreadWaitsMax: 2 };

describe('the memory of unread answers', () => {
  it('is there to the byte, of one person for three quarters of it', () => {
    const { open } = createUnreadAnswers(LIMITS);
    const [first, second, other] = [open('alice'), open('alice'), open('bob')];
    expect([first.take(75), second.take(1), other.take(25)]).toEqual([true, false, true]);
    first.close();
    expect([second.take(75), second.take(1)]).toEqual([true, true]);
  });

  it('is given to whoever waits as soon as it fits, and not to those who gave up', () => {
    const { open } = createUnreadAnswers(LIMITS);
    const taken: string[] = [];
    const [first, second, third, other] = [open('alice'), open('alice'), open('alice'), open('bob')];
    first.take(70);
    expect(second.take(10)).toBe(false);
    const giveUp = second.wait(10, () => taken.push('second'));
    third.wait(40, () => taken.push('third'));
    other.take(25);
    first.settle(60);
    expect(taken).toEqual(['second']);
    giveUp?.();
    first.close();
    expect(taken).toEqual(['second', 'third']);
  });

  it('has only so many wait for it', () => {
    const { open } = createUnreadAnswers(LIMITS);
    open('alice').take(75);
    const waits = Array.from({ length: 3 }, () => open('alice').wait(10, () => undefined));
    expect(waits.map((wait) => wait === null)).toEqual([false, false, true]);
    waits[0]?.();
    expect(open('alice').wait(10, () => undefined)).not.toBeNull();
  });

  it('is never so full that nobody can go on: one answer may take more', () => {
    const { open } = createUnreadAnswers(LIMITS);
    const [first, second, other] = [open('alice'), open('alice'), open('bob')];
    // Half there, both of unknown length.
    expect([first.take(40), second.take(35)]).toEqual([true, true]);
    expect([first.take(40), second.take(10), first.take(40)]).toEqual([true, false, true]);
    // Larger than everything, and the only one of its person; but one after the other.
    expect(other.take(500)).toBe(false);
    const taken: string[] = [];
    other.wait(500, () => taken.push('other'));
    first.close();
    expect(taken).toEqual(['other']);
    // What it takes more than there is takes nothing from others.
    expect([open('carol').take(50), open('dave').take(500)]).toEqual([true, false]);
  });

  it('counts what was more than there was, as soon as there is so much, and then another may take more', () => {
    const { open } = createUnreadAnswers(LIMITS);
    const [first, second, third] = [open('alice'), open('alice'), open('alice')];
    expect([first.take(40), second.take(30), first.take(30), second.take(30)]).toEqual([true, true, true, false]);
    first.settle(45);
    expect([second.take(30), third.take(1)]).toEqual([true, false]);
    first.close();
    second.settle(75);
    expect([third.take(1), open('bob').take(25)]).toEqual([false, true]);
  });

  it('is not asked for by an answer that nobody reads any more, and not kept for it', () => {
    const { open } = createUnreadAnswers(LIMITS);
    const taken: string[] = [];
    const [first, gone] = [open('alice'), open('alice')];
    first.take(75);
    gone.wait(10, () => taken.push('gone'));
    gone.close();
    expect(taken).toEqual(['gone']);
    expect([gone.take(1_000), open('bob').take(25)]).toEqual([true, true]);
    gone.settle(1_000);
    first.close();
    expect(open('alice').take(75)).toBe(true);
  });

  it('is there again when an answer turns out to be another’s', () => {
    const { open } = createUnreadAnswers(LIMITS);
    const taken: string[] = [];
    const [first, second] = [open('alice'), open('alice')];
    first.take(75);
    second.wait(50, () => taken.push('second'));
    first.giveBack();
    expect(taken).toEqual(['second']);
    expect([first.take(25), first.take(1)]).toEqual([true, true]);
    first.giveBack();
    first.close();
    first.giveBack();
    second.close();
    expect([open('alice').take(75), open('bob').take(25)]).toEqual([true, true]);
  });
});
