import { Environment } from '@marcbachmann/cel-js';
import type { JsonObject } from '../../json/value.ts';
import type { ConditionFacts } from './condition.ts';
import { isUnder } from './is-under.ts';
import { isLike } from './is-like.ts';
import { LOCAL_TIME_PARTS, localTime } from './local-time.ts';

/** The variables of a condition, as the library takes them. */
export interface CelFacts {
  readonly principal: { readonly groups: readonly string[]; readonly scopes: readonly string[] };
  readonly tool: object;
  readonly call: object;
  readonly env: string;
  readonly now: object;
  readonly args: JsonObject;
}

// The library tells types apart by their constructors, so each variable with fields of its own is a class here.

class CelPrincipal {
  readonly id: string;
  readonly groups: readonly string[];
  readonly scopes: readonly string[];
  declare readonly tenant?: string;

  constructor({ id, groups, scopes, tenant }: ConditionFacts['principal']) {
    this.id = id;
    this.groups = groups;
    this.scopes = scopes;
    // Who has no tenant has no such field: a comparison with it is unevaluable, and never true of something empty.
    if (tenant !== null) this.tenant = tenant;
  }
}

class CelTool {
  readonly name: string;
  readonly upstream: string;
  readonly class: string;

  constructor({ tool, upstream, class: toolClass }: ConditionFacts) {
    this.name = tool;
    this.upstream = upstream;
    this.class = toolClass;
  }
}

class CelCall {
  readonly client: string;
  readonly issuer: string;

  constructor({ client, issuer }: ConditionFacts['principal']) {
    this.client = client;
    this.issuer = issuer;
  }
}

class CelTime {
  readonly ms: number;

  constructor(ms: number) {
    this.ms = ms;
  }
}

const NO_ARGS = Object.freeze(Object.create(null)) as JsonObject;

export function celFacts(facts: ConditionFacts): CelFacts {
  return {
    principal: new CelPrincipal(facts.principal),
    tool: new CelTool(facts),
    call: new CelCall(facts.principal),
    env: facts.environment,
    now: new CelTime(facts.nowMs),
    args: facts.args ?? NO_ARGS,
  };
}

/** What stands for what in messages, and which fields each variable has. `null`: any. */
export const VARIABLES: ReadonlyMap<string, readonly string[] | null> = new Map([
  ['args', null],
  ['principal', ['id', 'groups', 'scopes', 'tenant']],
  ['tool', ['name', 'upstream', 'class']],
  ['call', ['client', 'issuer']],
  ['env', []],
  ['now', []],
]);

/** More than a person can follow; it also keeps one decision short. */
const LIMITS = { maxAstNodes: 200, maxDepth: 24, maxListElements: 100, maxMapEntries: 20, maxCallArguments: 4 };

export const CEL: Environment = createEnvironment((plain) => plain.registerVariable('args', 'map<string, dyn>'));

/** Everything of the language but the arguments, which `withArgs` registers. */
export function createEnvironment(withArgs: (plain: Environment) => Environment): Environment {
  const environment = new Environment({ limits: LIMITS })
    .registerType('Principal', {
      ctor: CelPrincipal,
      fields: { id: 'string', groups: 'list<string>', scopes: 'list<string>', tenant: 'string' },
    })
    .registerType('Tool', { ctor: CelTool, fields: { name: 'string', upstream: 'string', class: 'string' } })
    .registerType('Call', { ctor: CelCall, fields: { client: 'string', issuer: 'string' } })
    .registerType('Time', { ctor: CelTime, fields: {} })
    .registerVariable('principal', 'Principal')
    .registerVariable('tool', 'Tool')
    .registerVariable('call', 'Call')
    .registerVariable('env', 'string')
    .registerVariable('now', 'Time')
    .registerFunction('string.isUnder(string): bool', isUnder)
    .registerFunction('string.isLike(string): bool', isLike);
  registerTime(environment);
  return withArgs(environment);
}

/**
 * The time of the decision. Not the timestamps of the library, which ask the zone of this machine on the way to another one and are
 * wrong by an hour when its clocks change; moments to compare with are the library's `timestamp("…")`.
 */
function registerTime(environment: Environment): void {
  for (const part of LOCAL_TIME_PARTS) {
    environment.registerFunction(`Time.${part}(): int`, ({ ms }: CelTime) => localTime(part, ms, 'UTC'));
    environment.registerFunction(`Time.${part}(string): int`, ({ ms }: CelTime, zone: string) =>
      localTime(part, ms, zone),
    );
  }
  const moment = 'google.protobuf.Timestamp';
  environment.registerOperator(`Time < ${moment}`, ({ ms }: CelTime, other: Date) => ms < other.getTime());
  environment.registerOperator(`Time <= ${moment}`, ({ ms }: CelTime, other: Date) => ms <= other.getTime());
  environment.registerOperator(`Time > ${moment}`, ({ ms }: CelTime, other: Date) => ms > other.getTime());
  environment.registerOperator(`Time >= ${moment}`, ({ ms }: CelTime, other: Date) => ms >= other.getTime());
}
