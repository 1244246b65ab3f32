import { onTestFinished } from 'vitest';
import type { Notice } from '../../src/core/mcp/notices.ts';
import { type HostStream, openHostStream } from './host-stream.ts';
import { bearer, type Header, mcpRequest } from './mcp-request.ts';
import type { RawRequest } from './raw-http.ts';
import { type RunningPlane, type StartOptions, startMcpPlane } from './start-mcp-plane.ts';

export const TOOLS: Notice = { kind: 'list-changed', list: 'tools' };
export const TOOLS_CHANGED = 'notifications/tools/list_changed';

/** A plane that is gone when the test ends. */
export async function startPlane(options: StartOptions = {}): Promise<RunningPlane> {
  const running = await startMcpPlane(options);
  onTestFinished(() => running.plane.close());
  return running;
}

/** A stream that is gone when the test ends. */
export async function openStream(port: number, request: RawRequest): Promise<HostStream> {
  const stream = await openHostStream(port, request);
  onTestFinished(() => stream.close());
  return stream;
}

export function getRequest(session: string, more: readonly Header[] = [], who = 'alice'): RawRequest {
  return {
    method: 'GET',
    headers: [['Accept', 'text/event-stream'], bearer(who), ['Mcp-Session-Id', session], ...more],
  };
}

export function listenRequest(
  notifications: object = { toolsListChanged: true },
  id: string | number = 'l-1',
): RawRequest {
  return mcpRequest('modern', 'subscriptions/listen', { notifications } as never, id);
}

export function tellAll({ gateway }: RunningPlane, notice: Notice): void {
  for (const { tell } of gateway.listens) tell(notice);
}
