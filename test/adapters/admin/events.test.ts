import { connect } from 'node:net';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { AdminRole } from '../../../src/core/identity/principal.ts';
import { signIn } from '../../support/console-browser.ts';
import { createFakeAdministration } from '../../support/fake-administration.ts';
import { createFixedClock, type FixedClock } from '../../support/fixed-clock.ts';
import { type RunningAdminPlane, startAdminPlane } from '../../support/start-admin-plane.ts';
import { sampleDecision, sampleGatewayEntry } from '../../support/store-samples.ts';

let clock: FixedClock;
let plane: RunningAdminPlane;

beforeEach(async () => {
  clock = createFixedClock();
  plane = await startAdminPlane({ administration: createFakeAdministration(() => clock.nowMs()), clock });
});

interface Stream {
  until(pattern: RegExp): Promise<string>;
  readonly ended: Promise<void>;
}

function openStream(headers: readonly (readonly [string, string])[]): Stream {
  const socket = connect(plane.port, '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  socket.write(`GET /api/events HTTP/1.1\r\nHost: 127.0.0.1:${plane.port}\r\n${lines}\r\n`);
  let text = '';
  let look = (): void => undefined;
  socket.on('data', (chunk) => {
    text += chunk.toString();
    look();
  });
  return {
    ended: new Promise((resolve) => socket.once('end', () => resolve())),
    until: (pattern) =>
      new Promise((resolve) => {
        look = () => pattern.test(text) && resolve(text);
        look();
      }),
  };
}

const authorized = (...roles: readonly AdminRole[]) => ['Authorization', `Bearer ${plane.admin(...roles)}`] as const;
const record = (detail: string) => plane.store.audit.record([sampleGatewayEntry(detail)]);

describe('GET /api/events', () => {
  it('tells what is recorded from now on, with the sequence number as its id', async () => {
    await record('before');
    const stream = openStream([authorized('viewer')]);
    expect(await stream.until(/event: start/)).toMatch(/id: 1\nevent: start\ndata: \{\}\n\n/);
    await record('after');
    const text = await stream.until(/"after"/);
    expect(text).toMatch(/id: 2\nevent: gateway\ndata: \{/);
    expect(text).toMatch(/^HTTP\/1\.1 200/);
    expect(text).not.toContain('before');
  });

  it('goes on after the last event that was seen', async () => {
    for (const detail of ['one', 'two', 'three']) await record(detail);
    const text = await openStream([authorized('viewer'), ['Last-Event-ID', '1']]).until(/"three"/);
    expect(text).not.toContain('"one"');
    expect(text.indexOf('"two"')).toBeLessThan(text.indexOf('"three"'));
  });

  it('says that there is a gap rather than telling thousands of entries', async () => {
    await plane.store.audit.record(Array.from({ length: 1100 }, (_, n) => sampleGatewayEntry(`entry ${n}`)));
    const text = await openStream([authorized('viewer'), ['Last-Event-ID', '1']]).until(/event: gap/);
    expect(text).toContain('id: 1100\nevent: gap');
    expect(text).not.toContain('entry 500');
  });

  it('goes on where the log ends for whoever saw events of another one', async () => {
    await record('one');
    const stream = openStream([authorized('viewer'), ['Last-Event-ID', '5000']]);
    await stream.until(/id: 1\nevent: gap/);
    await record('two');
    expect(await stream.until(/"two"/)).not.toContain('"one"');
  });

  it('tells nobody the arguments, not even auditors', async () => {
    await plane.store.audit.record([sampleDecision({ payload: { amount: 'canary-12500' } })]);
    const text = await openStream([authorized('auditor'), ['Last-Event-ID', '0']]).until(/event: decision/);
    expect(text).not.toContain('canary-12500');
  });

  it('is for administrators, by token and by cookie', async () => {
    const { cookie } = await signIn(plane, { token: plane.admin('viewer') });
    expect(await openStream([cookie]).until(/retry/)).toMatch(/^HTTP\/1\.1 200/);
    expect((await plane.ask({ path: '/api/events' })).status).toBe(401);
    expect((await plane.ask({ path: '/api/events', token: plane.tokens.issue({}).text })).status).toBe(403);
    expect((await plane.ask({ path: '/api/events', token: plane.admin() })).status).toBe(403);
    expect((await plane.ask({ path: '/api/events', headers: [cookie, ['Sec-Fetch-Site', 'cross-site']] })).status).toBe(
      403,
    );
  });

  it('keeps no session from ending, however often a page opens it again', async () => {
    const { cookie } = await signIn(plane, { token: plane.admin('viewer') });
    for (let n = 0; n < 3; n++) {
      clock.advance(14 * 60_000);
      const answer = await openStream([cookie]).until(/retry|401/);
      expect(answer.slice(0, 'HTTP/1.1 200'.length)).toBe(n < 2 ? 'HTTP/1.1 200' : 'HTTP/1.1 401');
    }
  });

  it('refuses an id that is none of ours, and more than eight streams of one credential', async () => {
    const token = plane.admin('viewer');
    const headers = [['Authorization', `Bearer ${token}`]] as const;
    expect((await plane.ask({ path: '/api/events', token, headers: [['Last-Event-ID', 'x']] })).status).toBe(400);
    for (let n = 0; n < 8; n++) await openStream(headers).until(/retry/);
    expect((await plane.ask({ path: '/api/events', token })).status).toBe(503);
  });
});
