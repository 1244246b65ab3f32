import { z } from 'zod';
import { PIN_KINDS, PIN_STATUSES, type PinKind, type PinStatus } from '../catalog/pin.ts';

/** A pinned definition: of a tool by its name, of anything else by a name with an asterisk. Times are RFC 3339 in UTC. */
export interface PinView {
  readonly id: string;
  readonly upstream: string;
  readonly kind: PinKind;
  readonly tool: string;
  readonly digest: string;
  readonly status: PinStatus;
  readonly why: readonly string[];
  readonly firstSeenAt: string;
  readonly decidedBy: string | null;
  readonly decidedAt: string | null;
}

const members = {
  id: z.string(),
  upstream: z.string(),
  kind: z.enum(PIN_KINDS),
  tool: z.string(),
  digest: z.string(),
  status: z.enum(PIN_STATUSES),
  why: z.array(z.string()),
  firstSeenAt: z.iso.datetime(),
  decidedBy: z.string().nullable(),
  decidedAt: z.iso.datetime().nullable(),
};

export const pinViewSchema: z.ZodType<PinView> = z.object(members).meta({ title: 'Pin' });

export interface PinList {
  readonly pins: readonly PinView[];
}

export const pinListSchema: z.ZodType<PinList> = z.object({ pins: z.array(pinViewSchema) });

/** `definition` is the upstream's own text; `differences` are those from what hosts see of the tool now, as JSON texts. */
export type ShownPin = PinView & {
  readonly definition: Readonly<Record<string, unknown>>;
  readonly differences: readonly {
    readonly place: string;
    readonly before: string | null;
    readonly after: string | null;
  }[];
};

export const shownPinSchema: z.ZodType<ShownPin> = z
  .object({
    ...members,
    definition: z.record(z.string(), z.unknown()),
    differences: z.array(z.object({ place: z.string(), before: z.string().nullable(), after: z.string().nullable() })),
  })
  .meta({ title: 'ShownPin' });
