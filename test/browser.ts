import type { Browser } from 'playwright-core';

let opened: Promise<Browser | undefined> | undefined;

async function open(): Promise<Browser | undefined> {
  try {
    const { default: chromium } = await import('@sparticuz/chromium');
    const { chromium: playwright } = await import('playwright-core');
    // In a single process, the browser ends with its first page.
    const args = chromium.args.filter((arg) => arg !== '--single-process');
    return await playwright.launch({ executablePath: await chromium.executablePath(), args, headless: true });
  } catch (error) {
    console.log(`      no browser can be started here: ${String(error).split('\n')[0]}`);
    return undefined;
  }
}

/** A headless Chromium that all tests share; undefined where it cannot be started, as on some systems without its libraries. */
export function openBrowser(): Promise<Browser | undefined> {
  return opened ??= open();
}

/** For an `after`. */
export async function closeBrowser(): Promise<void> {
  await (await opened)?.close();
  opened = undefined;
}
