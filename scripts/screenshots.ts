// Makes the README's pictures in docs/ from the running product: `npm run screenshots`. It starts Node-RED with the
// flows and looks at it with a browser.
import { existsSync } from 'node:fs';
import { mkdir, readFile, symlink } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { acquireSamples } from '../lib/samples/sample-store';
import { writeFileWhole } from '../lib/write-file';
import { loadSharp } from '../lib/pictures/decode';
import { closeBrowser, openBrowser } from '../support/browser';
import { leaningDigit } from '../support/leaning-hand';
import { ROOT, startNodeRed, type RealNodeRed } from '../support/real-node-red';
import { drawPage } from '../support/drawing/page';

const DOCS = join(ROOT, 'docs');
const MNIST = resolve(process.env.DIGITS_DATA ?? join(ROOT, '../shared/data'), 'mnist');

/** So that the pictures stay small in the repository. */
const COLOURS = 128;

/** That are taught for the chart. */
const SAMPLES = 80;

async function save(name: string, png: Buffer): Promise<void> {
  await writeFileWhole(join(DOCS, name), await loadSharp()(png).png({ palette: true, colours: COLOURS }).toBuffer());
  console.log(`docs/${name}`);
}

/**
 * Two frames through the nodes, side by side: one that the filter accepts, and a sheet that lies too askew to be sure.
 */
async function annotatedFrames(): Promise<void> {
  const nodeRed = await startNodeRed(ANNOTATING);
  try {
    const askew = drawPage({ writing: [{ text: '4', x: 260, y: 150, height: 170 }], tilt: 45, seed: 2 });
    const left = await annotated(nodeRed, await readFile(join(ROOT, 'demo/02-four-hundred-and-seven.jpg')), 'true');
    const right = await annotated(
      nodeRed,
      await loadSharp()(askew.data, { raw: { width: askew.width, height: askew.height, channels: 3 } })
        .blur(0.8)
        .jpeg({ quality: 90 })
        .toBuffer(),
      'false',
    );
    const { height } = await loadSharp()(left).metadata();
    await save(
      'annotated.png',
      await loadSharp()({ create: { width: 970, height, channels: 3, background: 'white' } })
        .composite([
          { input: left, left: 0, top: 0 },
          { input: right, left: 490, top: 0 },
        ])
        .png()
        .toBuffer(),
    );
  } finally {
    await nodeRed.stop();
  }
}

const ANNOTATING = [
  { id: 'tab', type: 'tab', label: 'annotate' },
  { id: 'in', type: 'http in', z: 'tab', url: '/annotate', method: 'post', wires: [['classify']] },
  { id: 'classify', type: 'digits-classify', z: 'tab', wires: [['filter']] },
  {
    id: 'filter',
    type: 'digits-filter',
    z: 'tab',
    minimumConfidence: 0.8,
    inARow: 1,
    wires: [['annotate'], ['annotate']],
  },
  { id: 'annotate', type: 'digits-annotate', z: 'tab', format: 'png', longestSide: 480, wires: [['verdict']] },
  {
    id: 'verdict',
    type: 'change',
    z: 'tab',
    rules: [{ t: 'set', p: 'headers', pt: 'msg', to: '{"x-accepted": $string(accepted)}', tot: 'jsonata' }],
    wires: [['out']],
  },
  { id: 'out', type: 'http response', z: 'tab', wires: [] },
];

async function annotated({ url }: RealNodeRed, frame: Buffer, accepted: 'true' | 'false'): Promise<Buffer> {
  const response = await fetch(`${url}/annotate`, {
    method: 'POST',
    headers: { 'content-type': 'image/jpeg' },
    body: new Uint8Array(frame),
  });
  const verdict = response.headers.get('x-accepted');
  if (verdict !== accepted)
    throw new Error(
      `expected a frame that the filter answers with ${accepted}, got ${verdict}: choose another one for the picture`,
    );
  return Buffer.from(await response.arrayBuffer());
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
  await page.evaluate(
    "$('[id^=red-ui-palette-header-]:has(i.expanded)').not('#red-ui-palette-header-digits').trigger('click')",
  );
  await page.waitForTimeout(3000);
  await page.getByText('640 × 480').waitFor();
  await save('starter-flow.png', await page.screenshot());
  await page.close();
}

async function dashboard(
  browser: Browser,
  { url }: RealNodeRed,
  name: string,
  width: number,
  height: number,
): Promise<void> {
  const page = await open(browser, `${url}/dashboard/teach`, width, height);
  await page.locator('.digits-reading .text').filter({ hasText: '407' }).waitFor();
  await page.waitForTimeout(300);
  await save(name, await page.screenshot());
  await page.close();
}

/** Digits that lean far over, as if somebody had corrected them; and MNIST, where it is at hand. */
async function giveSamples(userDir: string): Promise<void> {
  const { value: samples, release } = acquireSamples(
    join(userDir, 'digits/samples'),
    join(userDir, 'digits/sample-crops'),
  );
  for (let i = 0; i < SAMPLES; i++)
    await samples.save(
      { image: leaningDigit(i % 10, i), label: String(i % 10), given: true },
      { perLabel: SAMPLES, inAll: SAMPLES },
    );
  await release();
  if (existsSync(MNIST)) await symlink(MNIST, join(userDir, 'digits/mnist'), 'junction');
}

async function trainingChart(browser: Browser, { url }: RealNodeRed): Promise<void> {
  const page = await open(browser, `${url}/dashboard/teach`, 1280, 900);
  await page.getByRole('button', { name: 'Train' }).click();
  await page.locator('.digits-learning caption, .digits-learning .error').waitFor({ timeout: 300_000 });
  await save('training.png', await page.locator('.digits-learning').screenshot());
  await page.close();
}

/** A flow with room on its left, where the letters may be wider than usual. */
async function movedRight(flow: string): Promise<object[]> {
  const nodes = JSON.parse(await readFile(join(ROOT, 'flows', `${flow}.json`), 'utf8')) as { x?: number }[];
  return nodes.map(({ x, ...node }) => ({ ...node, ...(x !== undefined && { x: x + 30 }) }));
}

async function withFlow(
  flow: string | object[],
  use: (nodeRed: RealNodeRed) => Promise<void>,
  prepare?: (userDir: string) => Promise<void>,
): Promise<void> {
  const nodeRed = await startNodeRed(flow, {}, prepare && { prepare });
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
  if (!browser)
    throw new Error('expected a browser that can be started, for the pictures of the editor and the dashboard');
  try {
    await withFlow(await movedRight('01 - Start here'), (nodeRed) => starterFlow(browser, nodeRed));
    await withFlow(
      '04 - Teach it your hand',
      async (nodeRed) => {
        await dashboard(browser, nodeRed, 'dashboard-phone.png', 390, 844);
        await dashboard(browser, nodeRed, 'dashboard.png', 1280, 900);
        await trainingChart(browser, nodeRed);
      },
      giveSamples,
    );
  } finally {
    await closeBrowser();
  }
}

run().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
