import { z } from 'zod';
import type { LabelledTargets, PolicyLabels } from '../policy-labels.ts';
import { toolPatterns, uriPatterns } from './names-schema.ts';

const targets = z
  .union([
    toolPatterns,
    z.strictObject({
      tools: toolPatterns.default([]).describe('Names and patterns of tools'),
      resources: uriPatterns.default([]).describe('URIs and patterns of resources'),
      prompts: toolPatterns.default([]).describe('Names and patterns of prompts'),
    }),
  ])
  .default([])
  .transform((named): LabelledTargets => ('tools' in named ? named : { tools: named, resources: [], prompts: [] }));

/** What a file says of the data behind what its upstream offers. */
export const labels: z.ZodType<PolicyLabels, unknown> = z
  .strictObject({
    private: targets.describe('What is read there is not for everybody: tools, or `{ tools, resources, prompts }`'),
    untrusted: targets.describe('What is read there may have been written by anybody'),
    external: targets.describe('What is sent there leaves the house'),
  })
  .describe('What data tools, resources and prompts read and send, for the watch rule `data-flow`');
