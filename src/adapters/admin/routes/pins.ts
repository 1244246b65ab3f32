import { z } from 'zod';
import { pinListSchema, pinViewSchema, shownPinSchema } from '../../../core/admin-api/pin-view.ts';
import { PIN_STATUSES } from '../../../core/catalog/pin.ts';
import { ok } from '../../../core/result.ts';
import { type AdminRoute, adminRoute } from '../admin-route.ts';
import { ID_PARAMS, NO_BODY, NO_FIELDS } from '../fields.ts';
import { pinView } from '../views.ts';

export const PIN_ROUTES: readonly AdminRoute[] = [
  adminRoute({
    method: 'GET',
    path: '/api/pins',
    summary: 'Tool definitions, and what was decided about them',
    params: NO_FIELDS,
    query: z.strictObject({ status: z.enum(PIN_STATUSES).optional() }),
    body: NO_BODY,
    answer: pinListSchema,
    handle({ administration }, { by, query }) {
      const pins = administration.listPins(by, query.status ?? null);
      return Promise.resolve(pins.ok ? ok({ pins: pins.value.map(pinView) }) : pins);
    },
  }),
  adminRoute({
    method: 'GET',
    path: '/api/pins/{id}',
    summary: 'One definition, and where it differs from the one that hosts see',
    params: ID_PARAMS,
    query: NO_FIELDS,
    body: NO_BODY,
    answer: shownPinSchema,
    handle({ administration }, { by, params }) {
      const shown = administration.showPin(by, params.id);
      if (!shown.ok) return Promise.resolve(shown);
      const { pin, differences } = shown.value;
      return Promise.resolve(ok({ ...pinView(pin), definition: pin.definition, differences }));
    },
  }),
  adminRoute({
    method: 'POST',
    path: '/api/pins/{id}/approve',
    summary: 'Let hosts see and call the tool as it is defined here',
    params: ID_PARAMS,
    query: NO_FIELDS,
    body: z.strictObject({}),
    answer: pinViewSchema,
    async handle({ administration }, { by, params }) {
      const decided = await administration.decidePin(by, params.id, 'trusted');
      return decided.ok ? ok(pinView(decided.value)) : decided;
    },
  }),
  adminRoute({
    method: 'POST',
    path: '/api/pins/{id}/reject',
    summary: 'Hide the tool as long as it is defined like this',
    params: ID_PARAMS,
    query: NO_FIELDS,
    body: z.strictObject({}),
    answer: pinViewSchema,
    async handle({ administration }, { by, params }) {
      const decided = await administration.decidePin(by, params.id, 'rejected');
      return decided.ok ? ok(pinView(decided.value)) : decided;
    },
  }),
];
