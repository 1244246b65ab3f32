import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ASK_NOTHING } from '../../../src/core/conversation/ask-rules.ts';
import type { AskReply, UpstreamAsker } from '../../../src/ports/upstream.ts';
import { createCallTimer } from '../../../src/adapters/upstream/call-timer.ts';
import { callOf, saidBy, startStdioRig } from '../../support/upstream-rig.ts';

const SERVER = join(import.meta.dirname, '../../support/asking-server.mjs');
const ARGUMENTS = JSON.stringify({ questions: { who: { method: 'roots/list', params: {} } } });
const ROOTS = { roots: [{ uri: 'file:///a' }] };

function askerOf(owner: string, ask: UpstreamAsker['ask']): UpstreamAsker {
  return { owner, capabilities: { ...ASK_NOTHING, roots: true }, ask };
}

const answered: AskReply = { kind: 'answered', answers: new Map([['client_roots', ROOTS]]) };

describe('a question of a process', () => {
  const startShared = () => startStdioRig({ command: [process.execPath, SERVER, 'legacy'], shared: true });

  it('is put to the one whose call it must be', async () => {
    const { upstream } = startShared();
    const asker = askerOf('alice', () => Promise.resolve(answered));
    const outcome = await upstream.call(callOf({ tool: 'ask', argumentsJson: ARGUMENTS, asker }));
    expect(saidBy(outcome)).toEqual({ answers: { who: ROOTS } });
  });

  it('F13 is put to nobody while calls of two people run in it', async () => {
    const { upstream } = startShared();
    const bobIsAsked = Promise.withResolvers<void>();
    const bobAnswers = Promise.withResolvers<AskReply>();
    const bob = askerOf('bob', () => {
      bobIsAsked.resolve();
      return bobAnswers.promise;
    });
    let alicesQuestions = 0;
    const alice = askerOf('alice', () => {
      alicesQuestions += 1;
      return Promise.resolve(answered);
    });
    const ofBob = upstream.call(callOf({ tool: 'ask', argumentsJson: ARGUMENTS, asker: bob }, 'bob'));
    await bobIsAsked.promise;
    const ofAlice = await upstream.call(callOf({ tool: 'ask', argumentsJson: ARGUMENTS, asker: alice }, 'alice'));
    expect(saidBy(ofAlice)).toMatchObject({ answers: { who: { error: { code: -32601 } } } });
    expect(alicesQuestions).toBe(0);
    bobAnswers.resolve(answered);
    expect(saidBy(await ofBob)).toEqual({ answers: { who: ROOTS } });
  });

  it('is answered by the gateway where there is nobody to ask', async () => {
    const { upstream } = startShared();
    const outcome = await upstream.call(callOf({ tool: 'ask', argumentsJson: ARGUMENTS }));
    expect(saidBy(outcome)).toMatchObject({ answers: { who: { error: { code: -32601 } } } });
  });
});

it('a process of its own knows what each kind of call may ask', async () => {
  const { upstream } = startStdioRig({ command: [process.execPath, SERVER, 'legacy'] });
  const asker = askerOf('alice', () => Promise.resolve(answered));
  expect(saidBy(await upstream.call(callOf({ tool: 'plain', asker })))).toEqual({
    declared: { roots: { listChanged: true } },
  });
  expect(saidBy(await upstream.call(callOf({ tool: 'plain' })))).toEqual({ declared: {} });
});

it('the time in which people are asked is none of the call', async () => {
  let nowMs = 0;
  const timer = createCallTimer(50, () => nowMs);
  let hasEnded = false;
  const ended = new Promise<void>((resolve) => {
    timer.start(() => {
      hasEnded = true;
      resolve();
    });
  });
  timer.hold();
  await new Promise((resolve) => setTimeout(resolve, 120));
  expect(hasEnded).toBe(false);
  nowMs = 10;
  timer.resume();
  await ended;
});
