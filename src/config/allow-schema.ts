import { z } from 'zod';
import type { AskRules } from '../core/conversation/ask-rules.ts';

/** What an upstream may ask of people and their hosts, as written. */
export interface AllowSection {
  readonly elicitation: readonly ('form' | 'url')[];
  readonly elicitationUrlHosts: readonly string[];
  readonly sampling: boolean;
  readonly samplingTools: boolean;
  readonly roots: boolean;
  readonly logging: boolean;
}

const urlHost = z.string().regex(/^(?:\*\.)?[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63})*$/, {
  error: 'is no name of a host in small letters; `*.` before it stands for every name below',
});

export const allowSchema: z.ZodType<AllowSection, unknown> = z
  .strictObject({
    elicitation: z
      .array(z.enum(['form', 'url']))
      .default([])
      .describe(
        'Questions to the person: `form` for fields that are no secrets, `url` for pages of `elicitationUrlHosts`',
      ),
    elicitationUrlHosts: z
      .array(urlHost)
      .max(100)
      .default([])
      .describe('Hosts of the pages that a person may be sent to, such as login.example.com or *.example.com'),
    sampling: z.boolean().default(false).describe("Questions to the person's model, at their cost"),
    samplingTools: z
      .boolean()
      .default(false)
      .describe('Whether the model may use tools of the upstream while it answers'),
    roots: z.boolean().default(false).describe('Which directories the person works in'),
    logging: z.boolean().default(false).describe('Log messages to hosts that ask for them'),
  })
  .superRefine((value, context) => {
    const add = (key: string, message: string, help: string): void =>
      context.addIssue({ code: 'custom', path: [key], message, params: { help } });
    const mayLink = value.elicitation.includes('url');
    if (mayLink && value.elicitationUrlHosts.length === 0)
      add('elicitation', 'allows `url`, and `elicitationUrlHosts` names no host', 'name the hosts, or leave `url` out');
    if (!mayLink && value.elicitationUrlHosts.length > 0)
      add('elicitationUrlHosts', 'has no meaning without `url` in `elicitation`', 'add it, or remove these');
    if (value.samplingTools && !value.sampling)
      add('samplingTools', 'has no meaning without `sampling`', 'add `sampling: true`, or remove this');
  });

export function askRulesOf({ elicitation, ...rest }: AllowSection): AskRules {
  return {
    ...rest,
    elicitationForm: elicitation.includes('form'),
    elicitationUrl: elicitation.includes('url'),
  };
}
