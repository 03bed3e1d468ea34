import assert from 'node:assert/strict';
import { join } from 'node:path';
import helper from 'node-red-node-test-helper';
import type { LocalSettings } from '@node-red/runtime';
import type { NodeAPI } from 'node-red';
import { SHIPPED_MODEL } from '../../lib/engine/classifier';
import { acquireModel } from '../../nodes/common/model';
import modelNode from '../../nodes/digits-model/digits-model';

describe('digits-model', () => {
  const userDir = join(__dirname, 'a user folder');
  let api: NodeAPI;
  before((done) => {
    helper.init(require.resolve('node-red'), { userDir } as LocalSettings);
    helper.startServer(done);
  });
  after((done) => {
    helper.stopServer(done);
  });
  afterEach(() => helper.unload());

  const nodes = (RED: NodeAPI): void => {
    api = RED;
    modelNode(RED);
  };
  const load = (path: string): Promise<void> => {
    const model = { id: 'model', type: 'digits-model', path };
    return helper.load(nodes, [model]);
  };
  const pathOf = async (path: string): Promise<string> => {
    await load(path);
    const classifier = acquireModel(api, 'model');
    await classifier.release();
    return classifier.modelPath;
  };

  it('stands for the shipped model where no path is given', async () => {
    assert.equal(await pathOf(''), SHIPPED_MODEL);
    await helper.unload();
    assert.equal(await pathOf('  '), SHIPPED_MODEL);
  });

  it('takes a relative path from the user folder', async () => {
    assert.equal(await pathOf('models/mine'), join(userDir, 'models/mine'));
  });

  it('takes an absolute path as it is', async () => {
    assert.equal(await pathOf(' /srv/models/mine/model.json '), '/srv/models/mine/model.json');
  });

  it('gives each node a hold of its own', async () => {
    await load('nowhere');
    const first = acquireModel(api, 'model');
    const second = acquireModel(api, 'model');
    await first.release();
    await assert.rejects(first.describe(), /has been released/);
    await assert.rejects(second.describe(), { name: 'ModelError', message: /no model at .*a user folder\/nowhere/ });
    await second.release();
  });

  it('is the shipped model to a node that names none, and an error to one that names what is not there', async () => {
    await helper.load(nodes, []);
    for (const id of [undefined, '']) {
      const classifier = acquireModel(api, id);
      assert.equal(classifier.modelPath, SHIPPED_MODEL);
      await classifier.release();
    }
    assert.throws(() => acquireModel(api, 'gone'), {
      message: 'the digit model that this node is set to does not exist or is disabled',
    });
  });
});
