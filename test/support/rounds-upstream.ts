import { type ScriptedUpstream, startScriptedUpstream } from './scripted-upstream.ts';

export interface RoundsUpstream extends ScriptedUpstream {
  /** What the rounds brought that came with answers, in order. */
  rounds(): readonly SeenRound[];
  /** Describes its tools in other words from now on. */
  redefine(description: string): void;
  /** Waits before the next answers until it is told to go on. */
  hold(): () => void;
}

export interface SeenRound {
  readonly tool: unknown;
  readonly args: unknown;
  readonly inputResponses: unknown;
  readonly requestState: unknown;
}

export const NAME_FORM = {
  method: 'elicitation/create',
  params: { message: 'Your name?', requestedSchema: { type: 'object', properties: { name: { type: 'string' } } } },
};

/**
 * A server of 2026-07-28 that keeps nothing: its state says how often it asked and what it was told. `rounds` says how often it asks,
 * `pad` how many characters its state has more.
 */
export async function startRoundsUpstream(): Promise<RoundsUpstream> {
  const definitions = (description: string) =>
    ['ask', 'change', 'other'].map((name) => ({ name, description, inputSchema: { type: 'object' } }));
  const upstream = await startScriptedUpstream({ era: 'modern', tools: definitions('Asks') });
  let held: Promise<void> = Promise.resolve();
  upstream.on('tools/call', ({ message }, reply) => {
    const { arguments: args = {}, inputResponses, requestState } = message?.params ?? {};
    const { rounds = 1, pad = 0 } = args as { rounds?: number; pad?: number };
    const told = requestState === undefined ? [] : (JSON.parse(requestState as string) as { told: unknown[] }).told;
    const now = inputResponses === undefined ? [] : [...told, inputResponses];
    void held.then(() => {
      if (now.length >= rounds) {
        return reply.result({ resultType: 'complete', content: [{ type: 'text', text: JSON.stringify(now) }] });
      }
      const state = JSON.stringify({ told: now, pad: '€'.repeat(pad), 'quote"': '\\' });
      reply.result({ resultType: 'input_required', inputRequests: { who: NAME_FORM }, requestState: state });
    });
  });
  return {
    ...upstream,
    rounds: () =>
      upstream.seen('tools/call').flatMap(({ message }) => {
        const { name: tool, arguments: args, inputResponses, requestState } = message?.params ?? {};
        return inputResponses === undefined ? [] : [{ tool, args, inputResponses, requestState }];
      }),
    redefine(description) {
      upstream.on('tools/list', (_request, reply) =>
        reply.result({ resultType: 'complete', tools: definitions(description), ttlMs: 0, cacheScope: 'private' }),
      );
    },
    hold() {
      const { promise, resolve } = Promise.withResolvers<void>();
      held = promise;
      return resolve;
    },
  };
}
