import { gzipSync } from 'node:zlib';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import { describe, expect, it } from 'vitest';
import { visibleText } from '../../src/core/content/visible-text.ts';
import { become, DESK, PHONE, useBrowserSuite } from '../support/browser-suite.ts';
import { inTurn, naughtyStrings, withTexts } from '../support/naughty-strings.ts';
import { PROJECT } from '../support/project-files.ts';

// What holds for every page of the console, in a real browser before a real gateway.

const { world, open } = useBrowserSuite();

const PAGES = [
  '/',
  '/history',
  '/figures',
  '/live',
  '/audit',
  '/audit/2',
  '/upstreams',
  '/upstreams/notes',
  '/policy',
  '/explain',
  '/access',
  '/kill-switch',
];

interface Ready {
  readonly atMs: number;
  /** What was asked for and answered by then, without pictures, each once. */
  readonly answered: readonly string[];
}

const READY = `(() => {
  const [{ startTime: atMs }] = performance.getEntriesByName('console:ready');
  const before = performance.getEntriesByType('resource').filter((each) => each.responseEnd <= atMs);
  const paths = before.map(({ initiatorType, name }) => initiatorType + ' ' + new URL(name).pathname);
  return { atMs, answered: [...new Set(paths)].filter((each) => !each.endsWith('.svg')).sort() };
})()`;

describe('every page', () => {
  it.each([
    ['desk', 'light' as const, DESK],
    ['phone', 'dark' as const, PHONE],
  ])('on a %s in %s has nothing that axe finds, and fits', async (size, scheme, options) => {
    const { id } = await world().ask('update', { id: 'note-3', text: `for ${size} ${scheme}\u200b` });
    const { json } = await world().gateway.admin('GET', '/api/pins');
    const [pin] = json['pins'] as readonly { readonly id: string }[];
    const page = await open(options);
    for (const path of [...PAGES, `/approvals/${id}`, `/pins/${pin?.id}`]) {
      await page.goto(path);
      await page.locator('main h1').waitFor();
      await page.locator('main :is(tbody tr, .requests li, .panel, .notice, .facts, .empty)').first().waitFor();
      // On a phone the pages differ by their style alone, so a few stand for all.
      if (size === 'desk' || ['/', '/access', `/approvals/${id}`].includes(path)) {
        const { violations } = await new AxeBuilder({ page }).analyze();
        expect([path, violations.map((each) => [each.id, each.nodes.map(({ html }) => html)])]).toEqual([path, []]);
      }
      const width = await page.evaluate<number>('document.documentElement.scrollWidth');
      expect([path, width <= (options.viewport?.width ?? 0)]).toEqual([path, true]);
      const name = path.replaceAll('/', '-').replace(/(appr_|pin_).*/, 'id');
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        await world().picture(page, `page${name}-${colorScheme}-${size}`);
      }
      await page.emulateMedia({ colorScheme: scheme });
    }
  });

  it('cannot load, run or style what is not ours, and a test in which one tries fails', async () => {
    const page = await open(DESK);
    for (const [tag, name, value] of [
      ['img', 'src', 'data:image/png;base64,iVBORw0KGgo='],
      ['div', 'style', 'color: red'],
    ])
      await page.evaluate(`document.body.append(Object.assign(document.createElement('${tag}'), { id: 'planted' }));
        document.querySelector('#planted').setAttribute('${name}', '${value}');
        document.querySelector('#planted').remove()`);
    await expect
      .poll(() => world().complaints.filter((each) => each.includes('Content Security Policy')).length)
      .toBe(2);
    world().complaints.length = 0;
  });

  it('is ready after one script, one style and one question, however fast the machine is', async () => {
    const page = await open(DESK);
    const readyMs: number[] = [];
    for (let round = 0; round < 5; round++) {
      await page.goto('/');
      await expect.poll(() => page.evaluate(`performance.getEntriesByName('console:ready').length`)).toBe(1);
      const { atMs, answered } = await page.evaluate<Ready>(READY);
      expect(answered).toEqual(['fetch /api/approvals', 'link /assets/console.css', 'script /assets/console.js']);
      readyMs.push(Math.round(atMs));
    }
    writeFileSync(join(PROJECT, 'test-output/console/ready-ms.json'), JSON.stringify(readyMs));
  });

  it('is less than 60 kB in all', () => {
    const names = ['console.js', 'console.css', 'icon.svg'];
    const bytes = names.map((name) => gzipSync(readFileSync(join(PROJECT, 'dist/console', name))).length);
    expect(bytes.reduce((sum, each) => sum + each, 0)).toBeLessThan(60_000);
  });
});

describe('text of others', () => {
  const isMarkup = (text: string) => /[<>"']|javascript:|\\x/i.test(text);
  const elements = 'main :is(script, img, svg, iframe, object, embed, style, base, meta, input[autofocus])';

  it('is shown as text in a request, with what cannot be seen written out', async () => {
    const naughty = naughtyStrings().filter((text) => text !== '');
    const { id, answer } = await world().ask('create', {
      title: `\u202Egnp.exe \u200B\u2066hidden\u2069\u{E0041} <img src=x onerror=alert(1)>`,
      text: naughty.join('\n'),
    });
    const page = await open(DESK);
    await page.goto(`/approvals/${id}`);
    await page.getByRole('button', { name: 'Approve' }).waitFor();
    const folded = page.getByRole('button', { name: /Show all/ });
    for (let left = await folded.count(); left > 0; left--) await folded.first().click();
    await expect.poll(() => folded.count()).toBe(0);
    const shown = (await page.locator('main').textContent()) ?? '';
    for (const text of naughty.filter((each) => !/[\r\n]/.test(each))) expect(shown).toContain(visibleText(text));
    for (const text of ['<img src=x onerror=alert(1)>', '\\u{202e}gnp.exe', '\\u{e0041}'])
      expect(shown).toContain(text);
    expect(shown).not.toMatch(/[\u202e\u200b\u2066\0]/);
    expect(await page.locator(elements).count()).toBe(0);
    await page.getByLabel('Comment (optional)').fill('"><svg onload=alert(1)>');
    await page.getByRole('button', { name: 'Reject' }).click();
    await become(page, 'rejected');
    expect(await answer).toContain('reject');
  });

  it('does nothing in any field of any page', async () => {
    const { id } = await world().ask('update', { id: 'note-1', text: 'x' });
    const texts = inTurn(naughtyStrings().filter(isMarkup));
    const page = await open(DESK);
    const asked = new Set<string>();
    const filled = new Set<string>();
    await page.route('**/api/**', async (route) => {
      const url = route.request().url();
      if (url.includes('/api/events')) return route.continue();
      asked.add(url);
      const response = await route.fetch();
      await route.fulfill({ response, json: withTexts(await response.json(), texts) });
      filled.add(url);
    });
    for (const path of [...PAGES, `/approvals/${id}`]) {
      asked.clear();
      filled.clear();
      await page.goto(path);
      await page.locator('main h1').waitFor();
      await expect.poll(() => asked.size > 0 && [...asked].every((url) => filled.has(url))).toBe(true);
      // What was filled in is drawn by then.
      await page.evaluate(`new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn)))`);
      expect([path, await page.locator(elements).count()]).toEqual([path, 0]);
      expect(new URL(page.url()).pathname).toBe(path);
    }
  });
});
