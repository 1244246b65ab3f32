import type { FastifyInstance } from 'fastify';
import { PROBLEMS, sendProblem } from '../problems.ts';
import type { ConsoleAsset } from './console-assets.ts';

/** The script, the style and the icon: the same for everybody, so they need no session. */
export function addAssets(app: FastifyInstance, assets: ReadonlyMap<string, ConsoleAsset>): void {
  app.get<{ Params: { name: string } }>('/assets/:name', (request, reply) => {
    const asset = assets.get(request.params.name);
    if (asset === undefined) return sendProblem(reply, PROBLEMS.notFound);
    // Asked about each time, so that script and pages are always of one version.
    void reply.headers({ 'cache-control': 'no-cache', etag: asset.etag, vary: 'accept-encoding' }).type(asset.type);
    if (request.headers['if-none-match'] === asset.etag) return reply.code(304).send();
    const takesGzip = /(?:^|[ ,])gzip(?:$|[ ,])/.test(request.headers['accept-encoding'] ?? '');
    return takesGzip ? reply.header('content-encoding', 'gzip').send(asset.gzipped) : reply.send(asset.body);
  });
}
