import { type Pin, pinId } from '../../src/core/catalog/pin.ts';
import type { DefinitionDigest } from '../../src/core/catalog/tool.ts';

export function samplePin(tool: string, fields: Partial<Pin> = {}): Pin {
  const digest = '5feb'.repeat(16) as DefinitionDigest;
  return {
    id: pinId('crm', tool, digest),
    upstream: 'crm',
    tool,
    digest,
    status: 'trusted',
    why: [],
    definition: { name: tool, description: 'Sends.' },
    firstSeenMs: 5,
    decidedBy: null,
    decidedMs: null,
    ...fields,
  };
}
