import { expect, it } from 'vitest';
import { findFetchedPackage } from '../../src/config/fetched-package.ts';

it.each<[string, 'not fetched' | 'pinned' | 'floating']>([
  ['node server.js', 'not fetched'],
  ['npx -y some-server', 'floating'],
  ['npx some-server@latest', 'floating'],
  ['npx -y @scope/some-server', 'floating'],
  ['npx -y @scope/some-server@1', 'floating'],
  ['npx -y @scope/some-server@^1.2.3', 'floating'],
  ['npx -y @scope/some-server@1.2.3', 'pinned'],
  ['npx some-server@1.2.3-rc.1', 'pinned'],
  ['npx --package=some-server@1.2.3 run-it', 'pinned'],
  ['npx -p some-server run-it@1.2.3', 'floating'],
  ['npx -y github:someone/some-server', 'floating'],
  ['npx ./server', 'not fetched'],
  ['npx', 'floating'],
  ['npm exec some-server', 'floating'],
  ['npm run start', 'not fetched'],
  ['pnpm dlx some-server@2.0.0', 'pinned'],
  ['bunx some-server', 'floating'],
  ['uvx some-server', 'floating'],
  ['uvx some-server==1.2.3', 'pinned'],
  ['uvx some-server>=1.2.3', 'floating'],
  ['uvx --from some-server==1.2 serve', 'pinned'],
  ['uv tool run some-server', 'floating'],
  ['pipx run some-server', 'floating'],
  ['docker run --rm some/image:latest', 'floating'],
  ['docker run --rm some/image:1.2', 'not fetched'],
])('%s: %s', (line, expected) => {
  const [program = '', ...args] = line.split(' ');
  const found = findFetchedPackage(program, args);
  expect(found === null ? 'not fetched' : found.isPinned ? 'pinned' : 'floating').toBe(expected);
});
