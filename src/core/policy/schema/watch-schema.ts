import { z } from 'zod';
import { parseDuration } from '../../duration.ts';
import type { PolicyWatch } from '../policy-watch.ts';

const COUNT_MAX = 10_000;
const WINDOW_MS_MAX = 86_400_000;

const count = z.int().min(2).max(COUNT_MAX).describe('How many are too many');
const within = z
  .string()
  .transform((text, context) => {
    const parsed = parseDuration(text);
    if (parsed.ok && parsed.value >= 1000 && parsed.value <= WINDOW_MS_MAX) return parsed.value;
    context.addIssue({ code: 'custom', message: parsed.ok ? 'must be between 1s and 1d' : parsed.error });
    return z.NEVER;
  })
  .describe('In which time, such as 1m');

/** What is done then. */
const ACTIONS = {
  'repeated-denials': 'freeze-principal',
  'identical-calls': 'deny',
  'first-use-of-tool': 'require-approval',
  'data-flow': 'require-approval',
} as const;

const NEEDS: Readonly<Record<keyof typeof ACTIONS, ReadonlySet<string>>> = {
  'repeated-denials': new Set(['count', 'within']),
  'identical-calls': new Set(['count', 'within']),
  'first-use-of-tool': new Set(),
  'data-flow': new Set(['within']),
};

/** One entry of `watch`: each thing that is looked out for has one action that goes with it. */
export const watch: z.ZodType<PolicyWatch, unknown> = z
  .strictObject({
    on: z
      .enum(['repeated-denials', 'identical-calls', 'first-use-of-tool', 'data-flow'])
      .describe('What is looked out for in the calls of each person'),
    count: count.optional(),
    within: within.optional(),
    // oxlint-disable-next-line unicorn/no-thenable -- a key of the language, of an object that nobody awaits.
    then: z.enum(['freeze-principal', 'deny', 'require-approval']).describe('What is done then'),
  })
  .superRefine(({ on, then, ...counted }, context) => {
    const add = (path: string, message: string, help: string): void =>
      context.addIssue({ code: 'custom', path: [path], message, params: { help } });
    if (then !== ACTIONS[on]) add('then', `does not go with ${on}`, `write \`then: ${ACTIONS[on]}\``);
    for (const key of ['count', 'within'] as const) {
      const isGiven = counted[key] !== undefined;
      if (NEEDS[on].has(key) === isGiven) continue;
      if (isGiven)
        add(key, 'has no meaning here', on === 'data-flow' ? 'once is enough' : 'there is only one first use');
      else add(key, 'is missing', on === 'data-flow' ? 'such as `within: 1h`' : 'such as `count: 10, within: 1m`');
    }
  })
  .transform(({ on, count: times = 0, within: windowMs = 0 }): PolicyWatch => {
    if (on === 'first-use-of-tool') return { on };
    return on === 'data-flow' ? { on, windowMs } : { on, count: times, windowMs };
  });
