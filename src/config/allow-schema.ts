import { z } from 'zod';
import type { PassRules } from '../core/content/pass-rules.ts';
import type { AskRules } from '../core/conversation/ask-rules.ts';

/** What an upstream may ask of people and their hosts, and what of its own words reaches them, as written. */
export interface AllowSection {
  readonly elicitation: readonly ('form' | 'url')[];
  readonly elicitationUrlHosts: readonly string[];
  readonly sampling: boolean;
  readonly samplingTools: boolean;
  readonly roots: boolean;
  readonly logging: boolean;
  readonly instructions: boolean;
  readonly apps: boolean;
  readonly appHosts: readonly string[];
  readonly linkHosts: readonly string[];
  readonly metaKeys: readonly string[];
}

const urlHost = z.string().regex(/^(?:\*\.)?[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63})*$/, {
  error: 'is no name of a host in small letters; `*.` before it stands for every name below',
});

const urlHosts = z.array(urlHost).max(100).default([]);

/** Prefixes whose second label is one of these are the protocol's own (2026-07-28, "_meta"). */
const metaKey = z
  .string()
  .regex(/^[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63})*\/(?:\*|[A-Za-z0-9][A-Za-z0-9._-]{0,99})$/, {
    error: 'is no key with a prefix, such as com.example/origin or com.example/*',
  })
  .refine((key) => !/^[^./]+\.(?:modelcontextprotocol|mcp|countersign)(?:[./]|$)/.test(key), {
    error: 'belongs to the protocol or the gateway, which alone writes it',
  })
  .refine((key) => !key.startsWith('ui/'), { error: 'belongs to apps; see `apps`' });

export const allowSchema: z.ZodType<AllowSection, unknown> = z
  .strictObject({
    elicitation: z
      .array(z.enum(['form', 'url']))
      .default([])
      .describe(
        'Questions to the person: `form` for fields that are no secrets, `url` for pages of `elicitationUrlHosts`',
      ),
    elicitationUrlHosts: urlHosts.describe(
      'Hosts of the pages that a person may be sent to, such as login.example.com or *.example.com',
    ),
    sampling: z.boolean().default(false).describe("Questions to the person's model, at their cost"),
    samplingTools: z
      .boolean()
      .default(false)
      .describe('Whether the model may use tools of the upstream while it answers'),
    roots: z.boolean().default(false).describe('Which directories the person works in'),
    logging: z.boolean().default(false).describe('Log messages to hosts that ask for them'),
    instructions: z
      .boolean()
      .default(false)
      .describe('Its text about itself, for models to read: labelled, capped, and reviewed like a tool definition'),
    apps: z.boolean().default(false).describe('Pages of its own that hosts show (`ui://`, MCP Apps)'),
    appHosts: urlHosts.describe('Hosts that such pages may connect to and load from'),
    linkHosts: urlHosts.describe('Hosts that https links in its results may lead to'),
    metaKeys: z
      .array(metaKey)
      .max(100)
      .default([])
      .describe('Keys of `_meta` in its results and definitions that reach hosts, such as com.example/*'),
  })
  .superRefine((value, context) => {
    const add = (key: string, message: string, help: string): void =>
      context.addIssue({ code: 'custom', path: [key], message, params: { help } });
    const mayLink = value.elicitation.includes('url');
    if (mayLink && value.elicitationUrlHosts.length === 0)
      add('elicitation', 'allows `url`, and `elicitationUrlHosts` names no host', 'name the hosts, or leave `url` out');
    if (!mayLink && value.elicitationUrlHosts.length > 0)
      add('elicitationUrlHosts', 'has no meaning without `url` in `elicitation`', 'add it, or remove these');
    if (!value.apps && value.appHosts.length > 0)
      add('appHosts', 'has no meaning without `apps`', 'add `apps: true`, or remove these');
    if (value.samplingTools && !value.sampling)
      add('samplingTools', 'has no meaning without `sampling`', 'add `sampling: true`, or remove this');
  });

export function askRulesOf(section: AllowSection): AskRules {
  const { elicitation, elicitationUrlHosts, sampling, samplingTools, roots, logging, apps } = section;
  return {
    elicitationForm: elicitation.includes('form'),
    elicitationUrl: elicitation.includes('url'),
    elicitationUrlHosts,
    sampling,
    samplingTools,
    roots,
    logging,
    apps,
  };
}

export function passRulesOf({ instructions, apps, appHosts, linkHosts, metaKeys }: AllowSection): PassRules {
  return { instructions, apps, appHosts, linkHosts, metaKeys };
}
