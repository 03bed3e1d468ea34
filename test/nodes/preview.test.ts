import assert from 'node:assert/strict';
import sharp from 'sharp';
import { closeBrowser, openBrowser, openPage } from '../../support/browser';
import { startNodeRed, type RealNodeRed } from '../../support/real-node-red';
import { until } from '../../support/until';

const FLOW = [
  { id: 'tab', type: 'tab', label: 'Pictures' },
  {
    id: 'device',
    type: 'digits-camera-device',
    name: '',
    source: 'replay',
    camera: 0,
    program: '',
    folder: '',
    loop: true,
  },
  {
    id: 'inject',
    z: 'tab',
    type: 'inject',
    props: [],
    repeat: '0.3',
    once: true,
    onceDelay: 0.1,
    x: 100,
    y: 100,
    wires: [['camera']],
  },
  {
    id: 'camera',
    z: 'tab',
    type: 'digits-camera',
    device: 'device',
    preview: '10',
    x: 300,
    y: 100,
    wires: [['extract']],
  },
  { id: 'extract', z: 'tab', type: 'digits-extract', x: 300, y: 300, wires: [[]] },
];

interface Preview {
  number: number;
  width: number;
  height: number;
  image: string;
}

describe('the preview', () => {
  let nodeRed: RealNodeRed;

  const ask = async (id: string, since = 0): Promise<Preview> => {
    let response: Response | undefined;
    await until(async () => {
      response = await fetch(`${nodeRed.url}/digits/preview/${id}?since=${since}`);
      assert.ok([200, 204].includes(response.status), `${response.status}`);
      return response.status === 200;
    });
    return (await response?.json()) as Preview;
  };

  before(async () => {
    nodeRed = await startNodeRed(FLOW);
  });
  after(async () => {
    await closeBrowser();
    await nodeRed.stop();
  });

  it('is a small JPEG of what a node sent last, with a number', async () => {
    const { number, width, height, image } = await ask('camera');
    assert.deepEqual([width, height], [240, 180]);
    assert.equal(
      (await sharp(Buffer.from(image.replace('data:image/jpeg;base64,', ''), 'base64')).metadata()).format,
      'jpeg',
    );
    assert.ok((await ask('camera', number)).number > number);
  });

  it('shows digits side by side, also of a node without wires', async () => {
    const { width, height } = await ask('extract');
    assert.ok(height <= 28 && width >= 28, `${width} × ${height}`);
  });

  it('is nothing for a node that is not there, and nothing of nodes that send no picture', async () => {
    assert.equal((await fetch(`${nodeRed.url}/digits/preview/nobody`)).status, 404);
    assert.equal((await fetch(`${nodeRed.url}/digits/preview/inject`)).status, 204);
  });

  it('stands under the node in the editor, and goes when it is switched off there', async function () {
    const browser = await openBrowser();
    if (!browser) return this.skip();
    const page = await openPage(browser);
    await page.goto(nodeRed.url);
    const thumbnail = page.locator('#camera .digits-preview image');
    await thumbnail.waitFor();
    const first = await thumbnail.getAttribute('href');
    assert.match(first ?? '', /^data:image\/jpeg;base64,/);
    await page.waitForFunction(
      (before) => document.querySelector('#camera .digits-preview image')?.getAttribute('href') !== before,
      first,
    );
    assert.equal(await page.locator('#extract .digits-preview').count(), 0);

    await page.locator('#camera > .red-ui-flow-node').dblclick();
    await page.locator('#node-input-preview').selectOption('0');
    await page.locator('#node-dialog-ok').click();
    await thumbnail.waitFor({ state: 'detached' });
    await page.close();
    return undefined;
  });
});

describe('the preview behind a login', () => {
  it('is closed to whoever may not see the editor', async () => {
    const nodeRed = await startNodeRed(FLOW, {
      adminAuth: {
        type: 'credentials',
        users: [
          {
            username: 'ann',
            password: '$2b$04$JebUW.CQLKTJiFQwW55YXeelqCM0smDJ6OwLKFARIZYIEN4kSFs8W',
            permissions: 'read',
          },
        ],
      },
    });
    try {
      const url = `${nodeRed.url}/digits/preview/camera`;
      assert.equal((await fetch(url)).status, 401);
      const login = await fetch(`${nodeRed.url}/auth/token`, {
        method: 'POST',
        body: new URLSearchParams({
          client_id: 'node-red-editor',
          grant_type: 'password',
          scope: 'read',
          username: 'ann',
          password: 'secret',
        }),
      });
      const { access_token: token } = (await login.json()) as { access_token: string };
      const { status } = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
      assert.ok(status === 200 || status === 204, `answers ${status}`);
    } finally {
      await nodeRed.stop();
    }
  });
});
