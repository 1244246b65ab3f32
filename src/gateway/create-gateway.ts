import { admit, failClosed } from './admit.ts';
import type { CallDeps } from './deps.ts';
import type { Gateway } from './gateway.ts';
import { GATEWAY_INSTRUCTIONS } from '../core/catalog/instructions.ts';
import { offersTo } from '../core/policy/claims.ts';
import { describeGateway } from './instructions.ts';
import { listCatalogue } from './list-catalogue.ts';
import { hearAgain } from './hear-again.ts';
import { tellRootsChanged } from './tell-roots-changed.ts';
import { upstreamsOf } from './upstreams-of.ts';
import type { Refusals } from './refusals.ts';
import { announceTasks } from './tasks/announce-tasks.ts';
import { createTasks } from './tasks/tasks.ts';
import type { Subscriptions } from './subscriptions/create-subscriptions.ts';

/** Puts the use cases behind the one interface that the MCP plane knows. */
export function createGateway(deps: CallDeps, refusals: Refusals, subscriptions: Subscriptions): Gateway {
  const tasks = createTasks(deps);
  announceTasks(deps, subscriptions, (task) => tasks.show(task));
  return {
    call: (call) => tasks.call(call),
    tasks,
    list: (context, kind, cursor) => failClosed(deps, context, () => listCatalogue(deps, context, kind, cursor)),
    offers(context) {
      const upstreams = upstreamsOf(deps, context).map(({ name }) => name);
      const logging = upstreams.some((name) => deps.askRules(name).logging);
      return { ...offersTo(deps.policy(), upstreams, context.principal), logging };
    },
    admit: (context, method) => failClosed(deps, context, () => admit(deps, context, method)),
    async instructions(context) {
      try {
        return await describeGateway(deps, context);
      } catch (error) {
        deps.report({ callId: null, problem: 'what upstreams say of themselves was left out', error });
        return GATEWAY_INSTRUCTIONS;
      }
    },
    hearAgain: (call) =>
      hearAgain(deps, call).catch((error: unknown) => {
        deps.report({ callId: call.context.callId, problem: 'an answer was not told again', error });
        return null;
      }),
    refuse: (refusal) => refusals.record(refusal),
    async rootsChanged(context) {
      await tellRootsChanged(deps, context).catch((error: unknown) =>
        deps.report({ callId: context.callId, problem: 'a change of roots could not be passed on', error }),
      );
    },
    hasUpstream: (name) => deps.upstreams.has(name),
    listen: (request) => failClosed(deps, request.context, () => subscriptions.listen(request)),
  };
}
