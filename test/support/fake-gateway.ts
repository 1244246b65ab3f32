import type { Principal, PrincipalId } from '../../src/core/identity/principal.ts';
import type { JsonObject } from '../../src/core/json/value.ts';
import { err, ok } from '../../src/core/result.ts';
import type {
  Gateway,
  HostError,
  HostResult,
  Refusal,
  RequestContext,
  HostCall,
  HostList,
} from '../../src/gateway/gateway.ts';
import type { Listening, ListenRequest } from '../../src/gateway/subscriptions/listening.ts';
import type { HostTask, HostTaskList } from '../../src/gateway/tasks/host-task.ts';
import type { TaskId } from '../../src/core/tasks/task.ts';
import type { Authenticator } from '../../src/ports/authenticator.ts';

/** A gateway that decides nothing and remembers everything: for tests of the plane in front of it. */
export interface FakeGateway extends Gateway {
  readonly calls: readonly HostCall[];
  readonly lists: readonly { readonly context: RequestContext; readonly cursor: string | null }[];
  readonly refusals: readonly Refusal[];
  /** How the next calls end. */
  onCall: (call: HostCall) => Promise<HostResult | HostError | HostTask>;
  /** What was asked of tasks, and what comes of it: the same, whatever was asked. */
  readonly taskRequests: readonly { readonly what: keyof Gateway['tasks']; readonly id: TaskId | null }[];
  onTask: () => HostTask | HostError;
  onList: (context: RequestContext) => Promise<HostList | HostError>;
  /** What is answered to every request that the plane could answer itself; `null` admits it. */
  admits: HostError | null;
  /** What was asked for in that way. */
  readonly admitted: readonly string[];
  /** Who listens; `tell` has them told. */
  readonly listens: readonly ListenRequest[];
  onListen: (request: ListenRequest) => Listening | HostError;
  /** Forgets what it was asked for. */
  reset(): void;
}

const ECHO_TOOL: JsonObject = {
  name: 'notes__list',
  description: 'Lists notes.',
  inputSchema: { type: 'object' },
};

export function createFakeGateway(upstreams: readonly string[] = ['notes']): FakeGateway {
  const calls: HostCall[] = [];
  const lists: { readonly context: RequestContext; readonly cursor: string | null }[] = [];
  const refusals: Refusal[] = [];
  const admitted: string[] = [];
  const listens: ListenRequest[] = [];
  const echo = async (call: HostCall): Promise<HostResult> => textResult(JSON.stringify(call.args));
  const list = async (): Promise<HostList> => listOf([ECHO_TOOL]);
  const taskRequests: { readonly what: keyof Gateway['tasks']; readonly id: TaskId | null }[] = [];
  const onTask =
    (what: keyof Gateway['tasks']) =>
    async (_context: RequestContext, id: TaskId): Promise<HostTask | HostError> => {
      taskRequests.push({ what, id });
      return gateway.onTask();
    };
  const gateway: FakeGateway = {
    taskRequests,
    onTask: () => {
      throw new Error('a test that asks about tasks says what there is');
    },
    hearAgain: async () => ({ signal: new AbortController().signal, leave: () => undefined }),
    tasks: {
      get: onTask('get'),
      update: onTask('update'),
      cancel: onTask('cancel'),
      awaitOutcome: onTask('awaitOutcome'),
      async list(): Promise<HostTaskList | HostError> {
        taskRequests.push({ what: 'list', id: null });
        const task = gateway.onTask();
        return task.kind === 'error' ? task : { kind: 'tasks', tasks: [task] };
      },
      finish: async () => undefined,
    },
    calls,
    lists,
    refusals,
    onCall: echo,
    onList: list,
    admits: null,
    admitted,
    listens,
    onListen: createListening,
    call(call) {
      calls.push(call);
      return gateway.onCall(call);
    },
    list(context, _kind, cursor) {
      lists.push({ context, cursor });
      return gateway.onList(context);
    },
    async refuse(refusal) {
      refusals.push(refusal);
    },
    async admit(_context, method) {
      admitted.push(method);
      return gateway.admits;
    },
    offers: () => ({ resources: false, prompts: false, completions: false, logging: false }),
    instructions: () => Promise.resolve('what the gateway says'),
    rootsChanged: () => Promise.resolve(),
    hasUpstream: (name) => upstreams.includes(name),
    async listen(request) {
      listens.push(request);
      return gateway.onListen(request);
    },
    reset() {
      calls.length = 0;
      lists.length = 0;
      refusals.length = 0;
      admitted.length = 0;
      taskRequests.length = 0;
      listens.length = 0;
      Object.assign(gateway, { onCall: echo, onList: list, onListen: createListening, admits: null });
    },
  };
  return gateway;
}

/** Lets everybody hear everything. */
export function createListening({ wish }: ListenRequest): Listening {
  return {
    granted: wish,
    subscribe: async () => null,
    unsubscribe: async () => null,
    mayTell: () => true,
    renew: () => undefined,
    tellTasks: () => undefined,
    enter: ({ signal }) => ({ signal, stoppedBy: null, outliveHost: () => undefined, leave: () => undefined }),
    close: () => undefined,
  };
}

/** A list of tools as the gateway gives it. */
export function listOf(tools: readonly JsonObject[], nextCursor: string | null = null): HostList {
  return { kind: 'list', list: 'tools', items: Buffer.from(JSON.stringify(tools)), nextCursor, unavailable: [] };
}

export function textResult(text: string): HostResult {
  return { kind: 'result', json: [Buffer.from(JSON.stringify({ content: [{ type: 'text', text }] }))] };
}

/** Takes `Bearer <name>` for that person, through the client `<name>-client`. */
export function createNameAuthenticator(people: readonly string[] = ['alice', 'bob']): Authenticator {
  return {
    authenticate(authorization) {
      if (authorization === undefined) return err({ kind: 'missing', detail: 'no credential' });
      const [, name, client = `${name}-client`] = /^bearer ([a-z]+)(?:@([a-z]+))?$/i.exec(authorization) ?? [];
      if (name === undefined) return err({ kind: 'malformed', detail: 'no bearer token' });
      return people.includes(name) ? ok(person(name, client)) : err({ kind: 'invalid', detail: 'nobody' });
    },
  };
}

function person(name: string, client: string): Principal {
  return {
    id: name as PrincipalId,
    name,
    groups: [],
    scopes: [],
    tenant: null,
    client,
    credentialId: `cred-${name}`,
    issuer: 'test',
    resources: null,
  };
}
