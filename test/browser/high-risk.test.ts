import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  become,
  decisionsOf,
  DESK,
  HOLD_MS,
  holdKey,
  holdToApprove,
  PHONE,
  stopTime,
  useBrowserSuite,
} from '../support/browser-suite.ts';

// What is of high risk is approved by a deliberate act, and rejected as easily as anything else.

const { world, open, refused } = useBrowserSuite();
const ALL = 'all@example.com';
let asked = 0;
let id: string;
let answer: Promise<string>;

beforeEach(async () => {
  // A rejection stands, so each is about another note.
  asked += 1;
  ({ id, answer } = await world().ask('send', { id: `note-${asked}`, to: ALL }));
});

/** With what the rule wants typed in its place, so that nothing else is in the way. */
async function openTyped(options = DESK): Promise<Page> {
  const page = await open(options);
  await page.goto(`/approvals/${id}`);
  await page.getByLabel(/To approve, type/).fill(ALL);
  await page.getByLabel(/To approve, type/).blur();
  return page;
}

const hold = (page: Page) => page.getByRole('button', { name: 'Hold to approve' });
/** Whatever becomes of the call then: there are not as many notes. */
const approved = (page: Page) => page.locator('.timeline .badge', { hasText: 'approved' }).waitFor();
/** The page draws again within this time. */
const FRAME_MS = 20;
const focused = (page: Page) => page.evaluate<string>(`document.activeElement?.textContent ?? ''`);

describe('a request of high risk', () => {
  it('is approved by holding the button, and says why it must be', async () => {
    const page = await openTyped();
    await page.getByText('hold the button: a value is to be typed, a fresh sign-in is asked for.').waitFor();
    await world().picture(page, 'high-risk-light-desk');
    await holdToApprove(page);
    await approved(page);
    expect(await answer).not.toContain('approval_pending');
  });

  it('is approved by holding the key', async () => {
    const page = await openTyped();
    await holdKey(page, 'a');
    await approved(page);
    expect(await answer).not.toContain('approval_pending');
  });

  it('is approved by holding Enter on the button, for whoever goes there by Tab', async () => {
    const page = await openTyped();
    await hold(page).focus();
    await holdKey(page, 'Enter');
    await approved(page);
    expect(await answer).not.toContain('approval_pending');
  });

  it('is approved when it was held for as long as it must be, and not a moment earlier', async () => {
    const page = await openTyped();
    const sent = decisionsOf(page);
    await stopTime(page);
    await page.keyboard.down('a');
    await page.locator('.hold.held').waitFor();
    await page.clock.runFor(HOLD_MS - 1);
    expect(sent).toEqual([]);
    await page.clock.runFor(FRAME_MS + 1);
    await page.clock.resume();
    await approved(page);
    expect(sent).toEqual([`/api/approvals/${id}/approve`]);
    await page.keyboard.up('a');
    expect(await answer).not.toContain('approval_pending');
  });

  it('is not approved by a press, a double click, a short hold, a repeated key or Enter', async () => {
    const page = await openTyped();
    const sent = decisionsOf(page);
    await stopTime(page);
    await hold(page).click();
    await hold(page).dblclick();
    for (const key of ['Enter', 'a', 'Enter', 'a', 'a', 'Enter']) await page.keyboard.press(key);
    await page.keyboard.down('a');
    await page.clock.runFor(HOLD_MS - 1);
    await page.keyboard.up('a');
    await page.keyboard.press('Enter');
    await hold(page).focus();
    for (const key of ['Enter', ' ', 'Enter']) await page.keyboard.press(key);
    await page.evaluate(`for (let at = 0; at < 20; at++)
      document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'a', repeat: true, bubbles: true, cancelable: true }))`);
    await page.clock.runFor(3 * HOLD_MS);
    expect(sent).toEqual([]);
    expect(await world().isPending(id)).toBe(true);
    expect(await focused(page)).not.toMatch(/^Approve without/);
  });

  it('is not approved when the hold is left: by the mouse, Escape, another key or another window', async () => {
    const page = await openTyped();
    const sent = decisionsOf(page);
    await stopTime(page);
    const leave: readonly (() => Promise<unknown>)[] = [
      () => page.mouse.move(5, 5),
      () => page.keyboard.press('Escape'),
      () => page.evaluate(`dispatchEvent(new Event('blur'))`),
    ];
    for (const away of leave) {
      await hold(page).hover();
      await page.mouse.down();
      await page.clock.runFor(HOLD_MS - 1);
      await away();
      await page.clock.runFor(3 * HOLD_MS);
      await page.mouse.up();
    }
    await page.keyboard.down('a');
    await page.keyboard.press('r');
    await page.clock.runFor(3 * HOLD_MS);
    await page.keyboard.up('a');
    expect(sent).toEqual([]);
    expect(await world().isPending(id)).toBe(true);
  });

  it('is not approved when a busy page is told only after the time that it was let go', async () => {
    const page = await openTyped();
    const sent = decisionsOf(page);
    await stopTime(page);
    await page.keyboard.down('a');
    await page.clock.runFor(HOLD_MS);
    await page.keyboard.up('a');
    await page.clock.runFor(3 * HOLD_MS);
    await hold(page).hover();
    await page.mouse.down();
    await page.clock.runFor(HOLD_MS);
    await page.mouse.up();
    await page.clock.runFor(3 * HOLD_MS);
    expect(sent).toEqual([]);
    expect(await world().isPending(id)).toBe(true);
  });

  it('is approved in two steps by whoever cannot hold anything', async () => {
    const page = await openTyped();
    const sent = decisionsOf(page);
    await stopTime(page);
    const pressWithoutHolding = `document.querySelector('.confirm-step button').click()`;
    // As a screen reader or a voice presses it: a click, and nothing before it. The one behind it comes too soon.
    await page.evaluate(`document.querySelector('button.hold').click()`);
    await page.locator('.confirm-step').waitFor();
    expect(await focused(page)).toMatch(/^To approve, hold/);
    await page.clock.runFor(HOLD_MS - 1);
    await page.evaluate(pressWithoutHolding);
    expect(sent).toEqual([]);
    await page.clock.resume();
    await page.locator('.confirm-step button[aria-disabled=false]').waitFor();
    expect(await world().isPending(id)).toBe(true);
    await world().picture(page, 'high-risk-confirm-light-desk');
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map((each) => each.id)).toEqual([]);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await approved(page);
    expect(await answer).not.toContain('approval_pending');
  });

  it('is rejected by one press', async () => {
    const page = await open(PHONE);
    await page.goto(`/approvals/${id}`);
    await hold(page).waitFor();
    await world().picture(page, 'high-risk-dark-phone');
    await page.getByRole('button', { name: 'Reject' }).click();
    await become(page, 'rejected');
    expect(await answer).toContain('reject');
  });

  it('is held on a phone by a finger', async () => {
    const page = await openTyped(PHONE);
    const { x, y, width, height } = (await hold(page).boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
    const client = await page.context().newCDPSession(page);
    const point = { x: x + width / 2, y: y + height / 2 };
    await client.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [point] });
    await approved(page);
    expect(await answer).not.toContain('approval_pending');
    await client.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
  });

  it('is approved without JavaScript by whoever says that they mean it', async () => {
    const page = await open({ ...DESK, javaScriptEnabled: false });
    await page.goto(`/approvals/${id}`);
    await page.getByLabel(/To approve, type/).fill(ALL);
    await page.getByRole('button', { name: 'Approve' }).click();
    await page.getByText('The request is of high risk. Say below').waitFor();
    expect(await world().isPending(id)).toBe(true);
    await page.getByLabel(/To approve, type/).fill(ALL);
    await page.getByLabel(/I mean to approve this/).check();
    await world().picture(page, 'no-script-high-risk-light-desk');
    await page.getByRole('button', { name: 'Approve' }).click();
    expect(await answer).not.toContain('approval_pending');
    await refused();
  });
});

describe('several requests together', () => {
  it('whose rule wants a value typed are not approved, with a sentence that says why, and rejected', async () => {
    const other = await world().ask('send', { id: 'note-99', to: ALL });
    const page = await open(DESK);
    await page.goto('/');
    await page.getByRole('checkbox').nth(1).waitFor();
    for (const key of ['j', 'x', 'j', 'x', 'A']) await page.keyboard.press(key);
    await page.getByText('The rule wants a value typed for each of these').waitFor();
    expect(await page.getByRole('button', { name: 'Hold to approve these 2' }).isDisabled()).toBe(true);
    await world().picture(page, 'batch-typed-light-desk');
    await page.getByRole('button', { name: 'Reject these 2' }).click();
    expect(await answer).toContain('reject');
    expect(await other.answer).toContain('reject');
  });
});
