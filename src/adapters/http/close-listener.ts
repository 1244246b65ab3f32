import type { FastifyInstance } from 'fastify';

/** How often connections are looked for that nothing is under way on any more. */
const SWEEP_MS = 50;

/**
 * Takes no more connections, lets answers finish for so long, then cuts off what is left. A connection that had an answer under way when
 * closing began stays open behind it, and would keep the listener waiting until its host ends it.
 */
export async function closeListener(app: FastifyInstance, drainTimeoutMs: number): Promise<void> {
  const sweep = setInterval(() => app.server.closeIdleConnections(), SWEEP_MS);
  const end = setTimeout(() => app.server.closeAllConnections(), drainTimeoutMs);
  await app.close();
  clearInterval(sweep);
  clearTimeout(end);
}
