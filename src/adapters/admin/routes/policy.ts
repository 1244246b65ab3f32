import { z } from 'zod';
import { explanationViewSchema, simulationViewSchema } from '../../../core/admin-api/explanation-view.ts';
import { policyViewSchema, toolListSchema } from '../../../core/admin-api/policy-view.ts';
import { shadowAnswerSchema } from '../../../core/admin-api/shadow-view.ts';
import { UPSTREAM_NAME } from '../../../core/catalog/exposed-name.ts';
import { URI_CHARS_MAX } from '../../../core/catalog/resource-uri.ts';
import { GRANTS_MAX } from '../../../core/identity/principal-from-claims.ts';
import { isJsonObject, type Json, type JsonObject } from '../../../core/json/value.ts';
import type { DecisionTarget } from '../../../core/policy/decision.ts';
import { moment } from '../../../core/policy/schema/condition-schema.ts';
import { ok } from '../../../core/result.ts';
import type { ImaginedPerson, PolicyQuestion } from '../../../gateway/administration.ts';
import { type AdminRoute, adminRoute } from '../admin-route.ts';
import { NO_BODY, NO_FIELDS } from '../fields.ts';

const QUESTIONS_MAX = 500;
const NO_ARGS: JsonObject = Object.freeze({});

/** `crm/update_deal`; a URI behind the first slash, for resources. */
const named = z
  .string()
  .max(URI_CHARS_MAX)
  .regex(/^[^/]+\/[^]/, 'must be the upstream, a slash and the name');

const question = z.strictObject({
  tool: named.optional().describe('`<upstream>/<tool>`'),
  resource: named.optional().describe('In place of `tool`: `<upstream>/<URI>`'),
  template: named.optional().describe('In place of `tool`: `<upstream>/<URI template>`'),
  prompt: named.optional().describe('In place of `tool`: `<upstream>/<prompt>`'),
  completion: z.boolean().default(false).describe('Asks for completion of an argument of `prompt` or `template`'),
  arguments: z
    .union([z.custom<JsonObject>((value) => isJsonObject(value as Json)).meta({ type: 'object' }), z.literal('any')])
    .default(NO_ARGS)
    .describe('The arguments; `any` asks whether some arguments could be allowed, as a listing does'),
});

const names = z.array(z.string().min(1).max(512)).max(GRANTS_MAX);

const person = {
  as: z.string().min(1).max(512).describe('Who calls: the user of a token, or `<issuer>#<sub>`'),
  groups: names.optional().describe('Without them and `scopes`: those of the newest live token of this user'),
  scopes: names.optional(),
  tenant: z.string().min(1).max(255).nullable().default(null),
  client: z.string().min(1).max(255).nullable().default(null),
  now: moment.optional().describe('When the call comes, such as 2026-12-01T09:00:00Z; now without it'),
};

const EXPLAIN_BODY = question.extend(person).superRefine(checkTarget);
const SIMULATE_BODY = z.strictObject({
  ...person,
  calls: z
    .array(question.superRefine(checkTarget))
    .min(1)
    .max(QUESTIONS_MAX)
    .optional()
    .describe('What is asked; every tool that the policy names without it'),
});

export const POLICY_ROUTES: readonly AdminRoute[] = [
  adminRoute({
    method: 'GET',
    path: '/api/upstreams/{name}/tools',
    summary: 'The tools that an upstream lists now, and the class of each',
    params: z.strictObject({ name: z.string().regex(/^[A-Za-z0-9._-]{1,100}$/) }),
    query: NO_FIELDS,
    body: NO_BODY,
    answer: toolListSchema,
    async handle({ administration }, { by, params }) {
      const tools = await administration.listTools(by, params.name);
      return tools.ok ? ok({ tools: tools.value }) : tools;
    },
  }),
  adminRoute({
    method: 'GET',
    path: '/api/policy',
    summary: 'The policy in force: its version, its files, and where its rules stand',
    params: NO_FIELDS,
    query: NO_FIELDS,
    body: NO_BODY,
    answer: policyViewSchema,
    handle({ administration }, { by }) {
      return Promise.resolve(administration.showPolicy(by));
    },
  }),
  adminRoute({
    method: 'GET',
    path: '/api/policy/shadow',
    summary: 'Where the shadow policy differed from the one in force since it was loaded',
    params: NO_FIELDS,
    query: NO_FIELDS,
    body: NO_BODY,
    answer: shadowAnswerSchema,
    handle({ administration }, { by }) {
      const shadow = administration.showShadow(by);
      return Promise.resolve(shadow.ok ? ok({ shadow: shadow.value }) : shadow);
    },
  }),
  adminRoute({
    method: 'POST',
    path: '/api/policy/explain',
    summary: 'What the policy in force would decide, rule by rule. Nothing is called or recorded',
    params: NO_FIELDS,
    query: NO_FIELDS,
    body: EXPLAIN_BODY,
    answer: explanationViewSchema,
    handle({ administration }, { by, body }) {
      return administration.explainPolicy(by, personOf(body), questionOf(body));
    },
  }),
  adminRoute({
    method: 'POST',
    path: '/api/policy/simulate',
    summary: 'What the policy in force would decide of many calls of one person. Nothing is called or recorded',
    params: NO_FIELDS,
    query: NO_FIELDS,
    body: SIMULATE_BODY,
    answer: simulationViewSchema,
    handle({ administration }, { by, body }) {
      return administration.simulatePolicy(by, personOf(body), body.calls?.map(questionOf) ?? null);
    },
  }),
];

type Question = z.infer<typeof question>;

function checkTarget(asked: Question, context: z.RefinementCtx): void {
  const problem = problemOf(asked);
  if (problem !== null) context.addIssue(problem);
}

function problemOf(asked: Question): string | null {
  const { tool, resource, template, prompt, completion } = asked;
  if ([tool, resource, template, prompt].filter((name) => name !== undefined).length !== 1)
    return 'must name one of `tool`, `resource`, `template` and `prompt`';
  if (completion && template === undefined && prompt === undefined)
    return '`completion` goes with `prompt` and `template` alone';
  return UPSTREAM_NAME.test(targetOf(asked).upstream) ? null : 'must name an upstream before the first slash';
}

function questionOf(asked: Question): PolicyQuestion {
  return { target: targetOf(asked), args: asked.arguments === 'any' ? null : asked.arguments };
}

function targetOf({ tool, resource, template, prompt, completion }: Question): DecisionTarget {
  if (tool !== undefined) return { kind: 'tool', ...split(tool) };
  if (resource !== undefined) return { kind: 'resource', ...split(resource) };
  if (template !== undefined) return { kind: completion ? 'template-argument' : 'template', ...split(template) };
  return { kind: completion ? 'prompt-argument' : 'prompt', ...split(prompt ?? '') };
}

function split(text: string): { readonly upstream: string; readonly name: string } {
  const slash = text.indexOf('/');
  return { upstream: text.slice(0, slash), name: text.slice(slash + 1) };
}

function personOf({
  as: user,
  groups,
  scopes,
  tenant,
  client,
  now,
}: Omit<z.infer<typeof SIMULATE_BODY>, 'calls'>): ImaginedPerson {
  return { user, groups: groups ?? null, scopes: scopes ?? null, tenant, client, nowMs: now ?? null };
}
