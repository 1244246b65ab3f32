import { text } from 'node:stream/consumers';
import type { LoadJob } from './load/job.ts';
import { measure } from './load/measure.ts';

// A process of its own, so that what it costs is not added to anything that is measured. One job in, one line out.
const job = JSON.parse(await text(process.stdin)) as LoadJob;
const result = await measure(job);
process.stdout.write(`${JSON.stringify(result)}\n`, () => process.exit(0));
