import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { createCrashJudge } from '../support/crash-judge.ts';
import { createClientLedger, LEDGER_TOOLS, runLoad } from '../support/crash-load.ts';
import { type GatewayProcess, startGatewayProcess } from '../support/gateway-process.ts';
import { createHostClient } from '../support/host-client.ts';
import { type LedgerUpstream, startLedgerUpstream } from '../support/ledger-upstream.ts';
import { createLogModel } from '../support/log-model.ts';
import { createGatewayDir, type GatewayDir } from '../support/run-gateway.ts';
import { createSeededRandom } from '../support/seeded-random.ts';
import { verifyLog } from '../support/verify-log.ts';

/** `COUNTERSIGN_FAULT_ROUNDS=300 npx vitest run test/fault/kill-under-load.test.ts --silent=false` for a long run with its figures. */
const ROUNDS = Number(process.env['COUNTERSIGN_FAULT_ROUNDS'] ?? 10);
/** Repeats the moments of the kills. What else happens at these moments is up to the machine. */
const SEED = Number(process.env['COUNTERSIGN_FAULT_SEED'] ?? Math.trunc(Math.random() * 1e9));
const LOAD_MS = { min: 50, max: 400 };
/** About how long a start takes. */
const START_MS = 1000;
/** One start in so many is killed, too. */
const KILLED_START_EVERY = 4;

const POLICY = `
version: 1
upstream: ledger
classes: { read: [read, read_stopped], write: [write, write_held], never: [] }
rules:
  - { id: read, who: { groups: [staff] }, tools: { class: read }, effect: allow }
  - { id: write, who: { groups: [staff] }, tools: { class: write }, effect: approve }
`;

let home: GatewayDir;
let upstream: LedgerUpstream;
let running: GatewayProcess;
afterEach(async () => {
  await running.stop('SIGKILL');
  await upstream.close();
  home.remove();
});

describe('a gateway that is killed under load', () => {
  it(
    `keeps every promise, in ${ROUNDS} rounds (seed ${SEED})`,
    async () => {
      upstream = await startLedgerUpstream(LEDGER_TOOLS);
      home = createGatewayDir({ config: configOf(upstream), policies: { 'ledger.yaml': POLICY } });
      const random = createSeededRandom(SEED);
      const ledger = createClientLedger();
      const log = createLogModel();
      const { judge } = createCrashJudge();
      let token: string | null = null;

      for (let round = 0; round <= ROUNDS; round += 1) {
        running = startGatewayProcess(home);
        const gateway = await running.ready();
        token ??= (await gateway.issue({ user: 'alice', groups: ['staff'], ttl: '1d' })).token;
        const host = createHostClient(gateway.mcpPort, token);
        expect(await judge({ gateway, host, ledger, upstream, log }), `seed ${SEED}, round ${round}`).toEqual([]);
        expect(verifyLog(home.storeFile), `seed ${SEED}, round ${round}`).toMatchObject({ faultCount: 0, faults: [] });
        if (round === ROUNDS) break;

        const killed = new AbortController();
        const load = runLoad({ gateway, host, ledger, round, killed: killed.signal });
        await sleep(LOAD_MS.min + random() * (LOAD_MS.max - LOAD_MS.min));
        const gone = running.stop('SIGKILL');
        killed.abort();
        await Promise.all([gone, load]);
        await host.close();
        await killSomeStarts(random);
      }
      report(log);
    },
    60_000 + ROUNDS * 10_000,
  );
});

function configOf({ url }: LedgerUpstream): string {
  return `limits: { pendingApprovalsPerPrincipal: 1000 }\nupstreams: { ledger: { url: '${url}', era: legacy } }\n`;
}

/** A process that dies while it recovers leaves that to be done anew. */
async function killSomeStarts(random: () => number): Promise<void> {
  const isKilled = Math.trunc(random() * KILLED_START_EVERY) === 0;
  const afterMs = random() * START_MS;
  if (!isKilled) return;
  running = startGatewayProcess(home);
  await sleep(afterMs);
  await running.stop('SIGKILL');
}

function report({ entries, unknownOutcomes }: ReturnType<typeof createLogModel>): void {
  const calls = upstream.calls().length;
  process.stdout.write(
    `${ROUNDS} kills: ${calls} calls at the upstream, ${entries} entries, ${unknownOutcomes} unknown outcomes; seed ${SEED}\n`,
  );
}
