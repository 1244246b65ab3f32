import { z } from 'zod';

/** How one upstream is doing. Nothing in it comes from its answers but a revision and a count. */
export interface UpstreamView {
  readonly name: string;
  readonly transport: 'http' | 'stdio';
  readonly state: 'idle' | 'ready' | 'failing';
  readonly era: 'legacy' | 'modern' | null;
  readonly revision: string | null;
  readonly tools: number | null;
  readonly lastFault: string | null;
}

export interface UpstreamList {
  readonly upstreams: readonly UpstreamView[];
}

export const upstreamListSchema: z.ZodType<UpstreamList> = z.object({
  upstreams: z.array(
    z
      .object({
        name: z.string(),
        transport: z.enum(['http', 'stdio']),
        state: z.enum(['idle', 'ready', 'failing']),
        era: z.enum(['legacy', 'modern']).nullable(),
        revision: z.string().nullable(),
        tools: z.number().nullable(),
        lastFault: z.string().nullable(),
      })
      .meta({ title: 'Upstream' }),
  ),
});
