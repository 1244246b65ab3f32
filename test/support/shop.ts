import { runGateway, type TestGateway } from './run-gateway.ts';
import type { ScriptedUpstream } from './scripted-upstream.ts';

/** A gateway before one upstream, `shop`, all of whose tools are reads that the two may make. */
export interface Shop {
  readonly gateway: TestGateway;
  readonly tokens: Readonly<Record<'alice' | 'bob', string>>;
}

export const SHOP_POLICY = `
version: 1
upstream: shop
classes: { read: ['*'] }
rules:
  - { id: read, who: { groups: [staff] }, tools: { class: read }, effect: allow }
`;

export async function openShop({ url }: Pick<ScriptedUpstream, 'url'>): Promise<Shop> {
  const gateway = await runGateway({
    config: `upstreams:\n  shop: ${JSON.stringify({ url })}\n`,
    policies: { 'shop.yaml': SHOP_POLICY },
  });
  const tokenOf = async (user: string) => (await gateway.issue({ user, groups: ['staff'] })).token;
  return { gateway, tokens: { alice: await tokenOf('alice'), bob: await tokenOf('bob') } };
}
