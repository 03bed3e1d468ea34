import type { Browser, BrowserContextOptions, Page } from 'playwright-core';

/** Below mocha's timeout, so that a page says what it waited for; with room for a slow machine, milliseconds. */
const PATIENCE = 500_000;

let opened: Promise<Browser | undefined> | undefined;

async function open(): Promise<Browser | undefined> {
  try {
    const { default: chromium } = await import('@sparticuz/chromium');
    const { chromium: playwright } = await import('playwright-core');
    // In a single process, the browser ends with its first page.
    const args = chromium.args.filter((arg) => arg !== '--single-process');
    return await playwright.launch({
      executablePath: await chromium.executablePath(),
      args,
      headless: true,
      timeout: PATIENCE,
    });
  } catch (error) {
    console.log(`      no browser can be started here: ${String(error).split('\n')[0]}`);
    return undefined;
  }
}

/**
 * A headless Chromium that all tests share; undefined where it cannot be started, as on some systems without its
 * libraries.
 */
export function openBrowser(): Promise<Browser | undefined> {
  return (opened ??= open());
}

/** A page that waits long enough for a slow machine. */
export async function openPage(browser: Browser, options: BrowserContextOptions = {}): Promise<Page> {
  const page = await browser.newPage(options);
  page.setDefaultTimeout(PATIENCE);
  return page;
}

/** For an `after`. */
export async function closeBrowser(): Promise<void> {
  await (await opened)?.close();
  opened = undefined;
}
