// Makes the README's pictures in docs/ from the running product: `npm run screenshots`. It starts Node-RED with the flows
// and looks at it with a browser.
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { annotate } from '../lib/annotate/annotate';
import { acquireClassifier } from '../lib/classify/classifier';
import { acquireSamples } from '../lib/samples/sample-store';
import { drawDigit } from '../lib/train/drawn-digits';
import { Random } from '../lib/train/random';
import { writeFileWhole } from '../lib/write-file';
import { readText } from '../lib/reader';
import { acquireInk } from '../lib/workers/ink';
import { loadSharp } from '../lib/pictures/decode';
import { closeBrowser, openBrowser } from '../test/browser';
import { ROOT, startNodeRed, type RealNodeRed } from '../test/real-node-red';

const DOCS = join(ROOT, 'docs');

/** So that the pictures stay small in the repository. */
const COLOURS = 128;

/** That are taught for the chart. */
const SAMPLES = 80;

async function save(name: string, png: Buffer): Promise<void> {
  await writeFileWhole(join(DOCS, name), await loadSharp()(png).png({ palette: true, colours: COLOURS }).toBuffer());
  console.log(`docs/${name}`);
}

/** Two demo frames side by side: one accepted, one rejected. */
async function annotatedFrames(): Promise<void> {
  const ink = acquireInk(), classifier = acquireClassifier();
  const pictures: Buffer[] = [];
  for (const [file, accepted] of [['02-four-hundred-and-seven', true], ['11-eight-in-dim-light', false]] as const) {
    const frame = await readFile(join(ROOT, 'demo', `${file}.jpg`));
    const { reading, size } = await readText(ink, classifier, frame);
    pictures.push((await annotate(frame, reading.digits, { frame: size, accepted, format: 'png', longestSide: 480 })).image);
  }
  await Promise.all([ink.release(), classifier.release()]);
  const [left, right] = pictures, { height } = await loadSharp()(left).metadata();
  await save('annotated.png', await loadSharp()({ create: { width: 970, height, channels: 3, background: 'white' } })
    .composite([{ input: left, left: 0, top: 0 }, { input: right, left: 490, top: 0 }]).png().toBuffer());
}

async function open(browser: Browser, url: string, width: number, height: number): Promise<Page> {
  const page = await browser.newPage({ viewport: { width, height }, serviceWorkers: 'block' });
  page.setDefaultTimeout(60_000);
  // The live picture never ends loading.
  await page.goto(url, { waitUntil: 'domcontentloaded' });
  return page;
}

async function starterFlow(browser: Browser, { url }: RealNodeRed): Promise<void> {
  const page = await open(browser, url, 1580, 800);
  await page.locator('.red-ui-flow-node-status-label').filter({ hasText: /\d/ }).first().waitFor();
  await page.evaluate("RED.actions.invoke('core:toggle-sidebar')");
  await page.evaluate("$('.red-ui-palette-header.expanded, .palette-category:not(.palette-close) > .red-ui-palette-header').not('[id$=digits]').trigger('click')");
  await page.waitForTimeout(4000);
  await save('starter-flow.png', await page.screenshot());
  await page.close();
}

async function dashboard(browser: Browser, { url }: RealNodeRed, name: string, width: number, height: number): Promise<void> {
  const page = await open(browser, `${url}/dashboard/teach`, width, height);
  await page.locator('.digits-reading .text').filter({ hasText: '407' }).waitFor();
  await page.waitForTimeout(300);
  await save(name, await page.screenshot());
  await page.close();
}

/** Teaches it a few dozen drawn digits, as if somebody had corrected them, and takes the chart. */
async function trainingChart(browser: Browser, { url, userDir }: RealNodeRed): Promise<void> {
  const { value: samples, release } = acquireSamples(join(userDir, 'digits/samples'), join(userDir, 'digits/sample-crops'));
  for (let i = 0; i < SAMPLES; i++) {
    const { image, label } = drawDigit(new Random(7, i));
    await samples.save({ image, label: String(label), given: true }, { perLabel: SAMPLES, inAll: SAMPLES });
  }
  await release();
  const page = await open(browser, `${url}/dashboard/teach`, 1280, 900);
  await page.getByRole('button', { name: 'It is a 7' }).click();
  await page.getByRole('button', { name: 'Train' }).click();
  await page.locator('.digits-learning caption, .digits-learning .error').waitFor({ timeout: 300_000 });
  await save('training.png', await page.locator('.digits-learning').screenshot());
  await page.close();
}

async function withFlow(flow: string, use: (nodeRed: RealNodeRed) => Promise<void>): Promise<void> {
  const nodeRed = await startNodeRed(flow);
  try {
    await use(nodeRed);
  } finally {
    await nodeRed.stop();
  }
}

async function run(): Promise<void> {
  await mkdir(DOCS, { recursive: true });
  await annotatedFrames();
  const browser = await openBrowser();
  if (!browser) throw new Error('expected a browser that can be started, for the pictures of the editor and the dashboard');
  try {
    await withFlow('01 - Start here', (nodeRed) => starterFlow(browser, nodeRed));
    await withFlow('04 - Teach it your hand', async (nodeRed) => {
      await dashboard(browser, nodeRed, 'dashboard-phone.png', 390, 844);
      await dashboard(browser, nodeRed, 'dashboard.png', 1280, 900);
      await trainingChart(browser, nodeRed);
    });
  } finally {
    await closeBrowser();
  }
}

run().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
