import { z } from 'zod';
import {
  killScopeSchema,
  killSwitchListSchema,
  killSwitchViewSchema,
  pulledKillSwitchSchema,
} from '../../../core/admin-api/kill-switch-view.ts';
import { err, ok } from '../../../core/result.ts';
import { type AdminRoute, adminRoute } from '../admin-route.ts';
import { ID_PARAMS, NO_BODY, NO_FIELDS, SENTENCE } from '../fields.ts';
import { killSwitchView } from '../views.ts';

export const KILL_SWITCH_ROUTES: readonly AdminRoute[] = [
  adminRoute({
    method: 'GET',
    path: '/api/kill-switch',
    summary: 'The kill switches in force',
    params: NO_FIELDS,
    query: NO_FIELDS,
    body: NO_BODY,
    answer: killSwitchListSchema,
    handle({ administration }, { by }) {
      const killSwitches = administration.listKillSwitches(by);
      return Promise.resolve(
        killSwitches.ok ? ok({ killSwitches: killSwitches.value.map(killSwitchView) }) : killSwitches,
      );
    },
  }),
  adminRoute({
    method: 'POST',
    path: '/api/kill-switch',
    summary: 'Stop calls. In force when this answers',
    params: NO_FIELDS,
    query: NO_FIELDS,
    body: z.strictObject({
      scope: killScopeSchema,
      reason: SENTENCE,
      expiresAt: z.iso.datetime({ offset: true }).optional(),
    }),
    answer: pulledKillSwitchSchema,
    async handle({ administration, clock }, { by, body }) {
      const expiresMs = body.expiresAt === undefined ? null : Date.parse(body.expiresAt);
      // Such a switch would stop nothing, and whoever pulled it would believe otherwise.
      if (expiresMs !== null && expiresMs <= clock.nowMs()) {
        return err({
          kind: 'invalid',
          message: 'expiresAt is in the past',
          help: 'Leave it out for a switch without an end.',
        });
      }
      const pulled = await administration.pullKillSwitch(by, { scope: body.scope, reason: body.reason, expiresMs });
      if (!pulled.ok) return pulled;
      return ok({ ...killSwitchView(pulled.value.killSwitch), recorded: pulled.value.recorded, ...pulled.value.name });
    },
  }),
  adminRoute({
    method: 'DELETE',
    path: '/api/kill-switch/{id}',
    summary: 'Release one kill switch; others stay in force',
    params: ID_PARAMS,
    query: NO_FIELDS,
    body: NO_BODY,
    answer: killSwitchViewSchema,
    async handle({ administration }, { by, params }) {
      const released = await administration.releaseKillSwitch(by, params.id);
      return released.ok ? ok(killSwitchView(released.value)) : released;
    },
  }),
];
