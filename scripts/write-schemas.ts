// Writes schema/*.json, with which editors check and complete configuration and policies: `node scripts/write-schemas.ts`, and then
// `npm run format`. A test insists that they are current.
import { writeFileSync } from 'node:fs';
import { CONFIG_SCHEMA } from '../src/config/config-schema.ts';
import { POLICY_CASES_SCHEMA, POLICY_SCHEMA } from '../src/config/policy-file-schema.ts';

/** What stands in `schema/`, by file name. */
export const SCHEMA_FILES: ReadonlyMap<string, object> = new Map([
  ['countersign.schema.json', { title: 'countersign.yaml', ...CONFIG_SCHEMA.jsonSchema }],
  ['policy.schema.json', { title: 'A policy of Countersign', ...POLICY_SCHEMA.jsonSchema }],
  ['policy-test.schema.json', { title: 'Tests of a policy of Countersign', ...POLICY_CASES_SCHEMA.jsonSchema }],
]);

if (import.meta.main) {
  for (const [name, schema] of SCHEMA_FILES) {
    writeFileSync(new URL(`../schema/${name}`, import.meta.url), `${JSON.stringify(schema, null, 2)}\n`);
  }
}
