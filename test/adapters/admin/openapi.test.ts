import { beforeEach, describe, expect, it } from 'vitest';
import { ADMIN_ROUTES } from '../../../src/adapters/admin/admin-routes.ts';
import { createFakeAdministration } from '../../support/fake-administration.ts';
import { createFixedClock } from '../../support/fixed-clock.ts';
import { type RunningAdminPlane, startAdminPlane } from '../../support/start-admin-plane.ts';

interface Operation {
  readonly operationId: string;
  /** Not there: as of the whole document. */
  readonly security?: readonly unknown[];
  readonly parameters: readonly { name: string; in: string; required: boolean; schema: Record<string, unknown> }[];
  readonly requestBody?: { content: { 'application/json': { schema: JsonSchema } } };
  readonly responses: Record<string, { content?: Record<string, { schema: JsonSchema }>; $ref?: string }>;
}

interface JsonSchema {
  readonly type?: string;
  readonly properties?: Record<string, JsonSchema>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean;
}

interface Document {
  readonly openapi: string;
  readonly security: readonly unknown[];
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: { readonly responses: Record<string, unknown> };
}

let document: Document;
let plane: RunningAdminPlane;

beforeEach(async () => {
  const clock = createFixedClock();
  plane = await startAdminPlane({ administration: createFakeAdministration(() => 0), clock });
  document = (await plane.ask({ path: '/api/openapi.json' })).json as unknown as Document;
});

describe('the OpenAPI document', () => {
  it('describes exactly the operations that there are', () => {
    const described = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    const others = ['GET /api/events', 'GET /api/openapi.json', 'GET /healthz', 'GET /readyz'];
    const routes = ADMIN_ROUTES.map(({ method, path }) => `${method} ${path}`);
    expect(described.toSorted()).toEqual([...routes, ...others].toSorted());
    expect(document.openapi).toBe('3.1.0');
    expect(document.security).toEqual([{ adminToken: [] }]);
  });

  it('says which operations need no credential, and those are all', async () => {
    const open = Object.entries(document.paths).filter(([, { get }]) => get?.security?.length === 0);
    expect(open.map(([path]) => path)).toEqual(['/api/openapi.json', '/healthz', '/readyz']);
    const gets = Object.entries(document.paths).filter(([path, { get }]) => get !== undefined && !path.includes('{'));
    const statuses = await Promise.all(gets.map(async ([path]) => [path, (await plane.ask({ path })).status]));
    expect(Object.fromEntries(statuses)).toEqual(
      Object.fromEntries(gets.map(([path, { get }]) => [path, get?.security?.length === 0 ? 200 : 401])),
    );
  });

  it('names every operation once, every parameter of a path, and an answer', () => {
    const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.values(methods).map((operation) => ({ path, operation })),
    );
    expect(new Set(operations.map(({ operation }) => operation.operationId)).size).toBe(operations.length);
    for (const { path, operation } of operations) {
      const named = operation.parameters.filter((each) => each.in === 'path').map(({ name }) => `{${name}}`);
      expect(path.match(/\{\w+\}/g) ?? []).toEqual(named);
      const [answer] = Object.values(operation.responses['200']?.content ?? {});
      expect(answer?.schema).toBeDefined();
      const refs = Object.values(operation.responses).flatMap(({ $ref }) =>
        $ref === undefined ? [] : [$ref.slice($ref.lastIndexOf('/') + 1)],
      );
      const problems = operation.security === undefined ? Object.keys(document.components.responses) : [];
      expect(refs.toSorted()).toEqual(problems.toSorted());
    }
  });

  it('says what the requests are really checked against', () => {
    const limit = document.paths['/api/approvals']?.get?.parameters.find(({ name }) => name === 'limit');
    expect(limit).toEqual({
      name: 'limit',
      in: 'query',
      required: false,
      schema: { type: 'integer', minimum: 1, maximum: 200, default: 50 },
    });
    const body = document.paths['/api/tokens']?.post?.requestBody?.content['application/json'].schema;
    expect(body).toMatchObject({
      type: 'object',
      additionalProperties: false,
      required: ['user', 'ttl'],
      properties: { plane: { enum: ['mcp', 'admin'] }, ttl: { type: 'string' } },
    });
  });

  it('P02 has no operation that takes a command, an environment, a file or an address to call', () => {
    const taken = Object.values(document.paths)
      .flatMap((methods) => Object.values(methods))
      .flatMap(({ requestBody, parameters }) => [
        ...Object.keys(requestBody?.content['application/json'].schema.properties ?? {}),
        ...parameters.map(({ name }) => name),
      ]);
    expect(taken.length).toBeGreaterThan(10);
    expect(taken.filter((name) => /command|args$|env|path|file|url|uri|host/i.test(name))).toEqual([]);
  });
});
