import assert from 'node:assert/strict';
import { cp, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { closeBrowser, openBrowser } from './browser';
import { ROOT, startNodeRed, type RealNodeRed } from './real-node-red';

const PHONE = { width: 390, height: 844 }, DESKTOP = { width: 1280, height: 900 };

for (const [flow, path] of [['05 - Dashboard', '/dashboard/digits'], ['04 - Teach it your hand', '/dashboard/teach']]) {
  describe(`the flow "${flow}"`, function () {
    this.timeout(120_000);
    let nodeRed: RealNodeRed, browser: Browser;

    const open = async (viewport: { width: number; height: number }): Promise<Page> => {
      const page = await browser.newPage({ viewport, serviceWorkers: 'block' });
      page.setDefaultTimeout(60_000);
      // The live picture never ends loading.
      await page.goto(nodeRed.url + path, { waitUntil: 'domcontentloaded' });
      await page.locator('.digits-reading .text').filter({ hasText: /\d/ }).waitFor();
      return page;
    };

    before(async function () {
      const opened = await openBrowser();
      if (!opened) return this.skip();
      browser = opened;
      // A model of one's own from before: the same as the one that came along.
      nodeRed = await startNodeRed(flow, {}, { prepare: (userDir) => cp(join(ROOT, 'models/digits'), join(userDir, 'digits/models/my-hand'), { recursive: true }) });
      return undefined;
    });

    after(async () => {
      await closeBrowser();
      await (nodeRed as RealNodeRed | undefined)?.stop();
    });

    it('shows the reading, how sure it is, and the live picture, on a phone as on a desktop', async () => {
      for (const viewport of [PHONE, DESKTOP]) {
        const page = await open(viewport);
        const picture = page.getByRole('img', { name: 'Live picture, with a box round each digit that is read' });
        assert.ok(((await picture.boundingBox())?.width ?? 0) > 250);
        await page.waitForFunction(() => (document.querySelector('.digits-reading img') as HTMLImageElement).naturalWidth > 0);
        await page.locator('.digits-reading .verdict.accepted').filter({ hasText: /✓ \d+ % sure/ }).waitFor();
        assert.ok(await page.locator('.digits-reading li').count() > 0);
        assert.equal(await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth), false, 'it must not scroll sideways');
        await page.close();
      }
    });

    if (!flow.startsWith('04')) return;

    it('keeps what somebody says was wrong, by clicks and by keyboard, on all pages', async () => {
      const page = await open(PHONE), other = await open(DESKTOP);
      const samples = join(nodeRed.userDir, 'digits/samples');
      const kept = async (count: number, on: Page): Promise<void> => on.locator('.digits-learning').filter({ hasText: new RegExp(`^${count} sample`) }).waitFor();
      await kept(0, page);
      await page.getByRole('radio').first().click({ force: true });
      await page.getByRole('button', { name: 'It is a 4' }).click();
      for (const one of [page, other]) await kept(1, one);
      assert.equal((await readdir(join(samples, '4'))).length, 1);

      // On another page, by keyboard.
      await other.getByRole('radio').first().waitFor();
      await other.getByRole('button', { name: 'not a digit' }).focus();
      await other.keyboard.press('Enter');
      await other.getByText('Kept as not a digit.').waitFor();
      const keptThere = async (): Promise<string[]> => (await readdir(join(samples, 'not-a-digit')).catch(() => [])).filter((name) => name.endsWith('.png'));
      while ((await keptThere()).length < 1) await new Promise((resolve) => setTimeout(resolve, 50));
      assert.equal(await page.getByRole('button', { name: 'Train' }).isEnabled(), true);
      for (const one of [page, other]) await one.close();
    });

    it('reads with an own model after a restart, and goes back to the other and forth', async () => {
      const page = await open(PHONE), learning = page.locator('.digits-learning');
      await learning.getByText('The model that knows your hand reads.').waitFor();
      await page.getByRole('button', { name: 'Back to the model that came along' }).click();
      await learning.getByText('The model that came along reads.').waitFor();
      const before = await page.locator('.digits-reading li').first().textContent();
      await page.waitForFunction((old) => document.querySelector('.digits-reading li')?.textContent !== old, before);
      await page.getByRole('button', { name: 'Use the model that knows your hand' }).click();
      await learning.getByText('The model that knows your hand reads.').waitFor();
      await page.close();
    });
  });
}
