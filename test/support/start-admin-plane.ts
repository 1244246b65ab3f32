import { onTestFinished } from 'vitest';
import { type AdminPlaneOptions, createAdminPlane } from '../../src/adapters/admin/admin-plane.ts';
import { createAdminAuthenticator } from '../../src/adapters/identity/admin-authenticator.ts';
import { createScryptPasswords } from '../../src/adapters/identity/scrypt-passwords.ts';
import type { AdminRole } from '../../src/core/identity/principal.ts';
import type { Administration } from '../../src/gateway/administration.ts';
import { type ConsoleSessions, createConsoleSessions } from '../../src/gateway/console-sessions.ts';
import { createConsoleSignIn } from '../../src/gateway/console-sign-in.ts';
import { createLiveEvents } from '../../src/gateway/live-events.ts';
import type { OperatorReport } from '../../src/gateway/deps.ts';
import { createFakeTokenStore, type FakeTokenStore } from './fake-token-store.ts';
import { createCountingIds, type FixedClock } from './fixed-clock.ts';
import { createMemoryStore, type MemoryStore } from './memory-store.ts';
import { type RawAnswer, type RawRequest, sendRaw } from './raw-http.ts';

export interface RunningAdminPlane {
  readonly url: string;
  readonly port: number;
  readonly tokens: FakeTokenStore;
  /** The log, and the accounts. */
  readonly store: Pick<MemoryStore, 'accounts' | 'audit'>;
  readonly sessions: ConsoleSessions;
  readonly reports: readonly OperatorReport[];
  /** The text of a new token of the admin plane. */
  admin(...roles: readonly AdminRole[]): string;
  /** Sends a request with this credential; JSON in, and the answer with its JSON out. */
  ask(request: AdminRequest): Promise<AdminAnswer>;
}

export interface AdminRequest extends Omit<RawRequest, 'body'> {
  readonly token?: string | null;
  readonly json?: unknown;
  readonly body?: string;
}

export interface AdminAnswer extends RawAnswer {
  readonly json: Record<string, unknown>;
}

/** A real listener on loopback with real authentication over a token store in memory; closed when the test is. */
export async function startAdminPlane(
  deps: {
    readonly administration: Administration;
    readonly clock: FixedClock;
    readonly store?: RunningAdminPlane['store'];
  },
  options: Partial<AdminPlaneOptions> = {},
): Promise<RunningAdminPlane> {
  const tokens = createFakeTokenStore();
  const reports: OperatorReport[] = [];
  const { clock } = deps;
  const { store = createMemoryStore() } = deps;
  const { accounts, audit } = store;
  const authenticator = createAdminAuthenticator({ tokens, accounts, clock });
  const sessions = createConsoleSessions({ authenticator, clock, ids: createCountingIds() });
  const report = (problem: OperatorReport) => void reports.push(problem);
  const passwords = createScryptPasswords({ N: 2, r: 1, p: 1 });
  const signIn = createConsoleSignIn({ sessions, authenticator, accounts, passwords, audit, clock, report });
  const events = createLiveEvents({ audit, killSwitches: { current: () => [] }, upstreams: new Map() });
  onTestFinished(() => events.close());
  const plane = createAdminPlane(
    { ...deps, authenticator, report, sessions, signIn, providerSignIn: null, events },
    { host: '127.0.0.1', port: 0, publicUrl: null, version: '0.0.0-test', consoleDir: '/nowhere', ...options },
  );
  const { url } = await plane.listen();
  onTestFinished(() => plane.close());
  const port = Number(new URL(url).port);

  return {
    url,
    port,
    tokens,
    store,
    sessions,
    reports,
    admin: (...roles) => tokens.issue({ plane: 'admin', user: 'olivia', roles, groups: ['leads'] }).text,
    ask: async ({ token = null, json, method = 'GET', headers = [], ...rest }) => {
      const body = json === undefined ? rest.body : JSON.stringify(json);
      const all = [
        ...headers,
        ...(token === null ? [] : [['Authorization', `Bearer ${token}`] as const]),
        ...(json === undefined ? [] : [['Content-Type', 'application/json'] as const]),
      ];
      const answer = await sendRaw(port, { ...rest, method, headers: all, ...(body === undefined ? {} : { body }) });
      const isJson = /json(?!l)/.test(answer.headers.get('content-type') ?? '');
      return {
        ...answer,
        json: isJson && answer.body !== '' ? (JSON.parse(answer.body) as Record<string, unknown>) : {},
      };
    },
  };
}
