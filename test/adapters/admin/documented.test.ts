import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ADMIN_ROUTES } from '../../../src/adapters/admin/admin-routes.ts';
import { problemDocument } from '../../../src/adapters/admin/problems.ts';
import { PROBLEM_CODES } from '../../../src/core/admin-api/problem-document.ts';

const page = readFileSync(new URL('../../../docs/admin-api.md', import.meta.url), 'utf8');
const rows = [...page.matchAll(/^\| `([^`]+)` \| ([^|]+) \|/gm)].map(([, first = '', second = '']) => [
  first,
  second.trim(),
]);

describe('docs/admin-api.md', () => {
  it('has every operation, and no other', () => {
    const operations = rows.map(([first]) => first).filter((first) => first?.includes('/'));
    expect(operations).toEqual(ADMIN_ROUTES.map(({ method, path }) => `${method} ${path}`));
  });

  it('has every problem code with its status, and no other', () => {
    const codes = rows.filter(([first]) => !first?.includes('/'));
    expect(codes).toEqual(
      PROBLEM_CODES.map((code) => [code, String(problemDocument({ code, detail: '', help: '' }).status)]),
    );
  });
});
