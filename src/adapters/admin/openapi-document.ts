import { z } from 'zod';
import { PROBLEM_CODES, problemDocumentSchema } from '../../core/admin-api/problem-document.ts';
import type { AdminRoute } from './admin-route.ts';
import { problemDocument } from './problems.ts';

/** The OpenAPI 3.1 description of these routes, made from the very schemas that requests are parsed with. */
export function openApiDocument(routes: readonly AdminRoute[], version: string): Record<string, unknown> {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of routes) {
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: operation(route) };
  }
  for (const [path, get] of Object.entries(OTHER_OPERATIONS)) paths[path] = { get };
  return {
    openapi: '3.1.0',
    info: { title: 'Countersign admin API', version },
    security: [{ adminToken: [] }],
    paths,
    components: {
      securitySchemes: { adminToken: { type: 'http', scheme: 'bearer', description: 'A token of the admin plane.' } },
      responses: Object.fromEntries(PROBLEM_CODES.map((code) => [code, problemResponse(code)])),
      schemas: { Problem: jsonSchema(problemDocumentSchema, 'output') },
    },
  };
}

const ANY_JSON = { 'application/json': { schema: { type: 'object' } } };

/** What no table of routes has: they speak no JSON of ours, or need no credential. */
const OTHER_OPERATIONS: Readonly<Record<string, Record<string, unknown>>> = {
  '/api/events': {
    operationId: 'getEvents',
    summary: 'Server-sent events: every entry of the log as it is recorded, without arguments',
    parameters: [
      {
        name: 'Last-Event-ID',
        in: 'header',
        required: false,
        description: 'The sequence number of the last entry that was seen.',
        schema: { type: 'string', pattern: '^[0-9]+$' },
      },
    ],
    responses: {
      '200': { description: 'A stream', content: { 'text/event-stream': { schema: { type: 'string' } } } },
      ...problemReferences(),
    },
  },
  '/api/openapi.json': {
    operationId: 'getOpenapiJson',
    summary: 'This document',
    security: [],
    parameters: [],
    responses: { '200': { description: 'Done', content: ANY_JSON } },
  },
  '/healthz': {
    operationId: 'getHealthz',
    summary: 'The process answers',
    security: [],
    parameters: [],
    responses: { '200': { description: 'Done', content: ANY_JSON } },
  },
  '/readyz': {
    operationId: 'getReadyz',
    summary: 'Calls can be recorded, and the gateway is not about to stop',
    security: [],
    parameters: [],
    responses: {
      '200': { description: 'Ready', content: ANY_JSON },
      '503': { description: 'Not ready; `checks` says why', content: ANY_JSON },
    },
  },
};

function problemReferences(): Record<string, unknown> {
  return Object.fromEntries(
    PROBLEM_CODES.map((code) => [
      problemDocument({ code, detail: '', help: '' }).status,
      { $ref: `#/components/responses/${code}` },
    ]),
  );
}

function operation(route: AdminRoute): Record<string, unknown> {
  return {
    operationId: operationId(route),
    summary: route.summary,
    parameters: [...parameters('path', route.params), ...parameters('query', route.query)],
    ...(route.method === 'POST'
      ? { requestBody: { content: { 'application/json': { schema: jsonSchema(route.body, 'input') } } } }
      : {}),
    responses: {
      '200': {
        description: 'Done',
        content: {
          [route.answers === 'lines' ? 'application/jsonl' : 'application/json']: {
            schema: jsonSchema(route.answer, 'output'),
          },
        },
      },
      ...problemReferences(),
    },
  };
}

/** `POST /api/approvals/{id}/approve` is `postApprovalsIdApprove`. */
function operationId({ method, path }: AdminRoute): string {
  const words = path.replace(/^\/api\//, '').match(/[a-z]+/gi) ?? [];
  return [method.toLowerCase(), ...words.map((word) => word.charAt(0).toUpperCase() + word.slice(1))].join('');
}

function parameters(place: 'path' | 'query', schema: z.ZodType): readonly Record<string, unknown>[] {
  // What comes out of parsing says the type; that a default makes it optional is known only on the way in.
  const { properties = {} } = jsonSchema(schema, 'output') as { properties?: Record<string, unknown> };
  const { required = [] } = jsonSchema(schema, 'input') as { required?: readonly string[] };
  return Object.entries(properties).map(([name, property]) => ({
    name,
    in: place,
    required: required.includes(name),
    schema: property,
  }));
}

function problemResponse(code: (typeof PROBLEM_CODES)[number]): Record<string, unknown> {
  const { title } = problemDocument({ code, detail: '', help: '' });
  return {
    description: title,
    content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
  };
}

function jsonSchema(schema: z.ZodType, io: 'input' | 'output'): Record<string, unknown> {
  const document: Record<string, unknown> = { ...z.toJSONSchema(schema, { io, unrepresentable: 'any' }) };
  // OpenAPI 3.1 speaks this dialect anyway.
  delete document.$schema;
  return document;
}
