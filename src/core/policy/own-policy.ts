import { compilePolicy } from './compile-policy.ts';
import type { CompiledPolicy } from './compile-policy.ts';
import { policyFileSchema } from './policy-schema.ts';
import type { UpstreamPolicy } from './upstream-policy.ts';

/** The gateway's own tools stand under this name, which no upstream may have. */
export const OWN_UPSTREAM = 'countersign';
export const OWN_APPROVALS_TOOL = 'approvals';

/**
 * What the policy says about an upstream. About the gateway's own tools it says that everybody may use them: they tell everybody of their
 * own requests alone. A file about them takes the place of that.
 */
export function findUpstreamPolicy({ upstreams }: CompiledPolicy, name: string): UpstreamPolicy | undefined {
  return upstreams.get(name) ?? (name === OWN_UPSTREAM ? OWN : undefined);
}

const OWN: UpstreamPolicy | undefined = compileOwn();

function compileOwn(): UpstreamPolicy | undefined {
  const file = policyFileSchema.parse({
    version: 1,
    upstream: OWN_UPSTREAM,
    classes: { read: [OWN_APPROVALS_TOOL] },
    rules: [{ id: 'own-requests', who: { any: true }, tools: [OWN_APPROVALS_TOOL], effect: 'allow' }],
  });
  const options = {
    environment: 'any',
    unclassified: 'deny',
    approvalExpiresMs: 1000,
    approversMin: 1,
    appUpstreams: [],
  } as const;
  const policy = compilePolicy([{ name: 'built-in', file, placeOf: () => 'built-in' }], options);
  return policy.ok ? policy.value.upstreams.get(OWN_UPSTREAM) : undefined;
}
