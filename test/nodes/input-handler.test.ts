import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import type { Node, NodeAPI, NodeDef, NodeMessageInFlow, NodeStatus } from 'node-red';
import helper from 'node-red-node-test-helper';
import {
  handleInput,
  type HandlerContext,
  type Outgoing,
  type InputHandlerOptions,
} from '../../nodes/common/input-handler';
import { Status } from '../../nodes/common/status';
import { until } from '../../support/until';
import { NodeUnderTest } from './runtime';

type Handler = (msg: NodeMessageInFlow, job: HandlerContext) => Outgoing | Promise<Outgoing>;

const load = (handler: Handler, options?: InputHandlerOptions): Promise<NodeUnderTest> =>
  NodeUnderTest.load('receiver', (RED: NodeAPI) => {
    function Receiver(this: Node, settings: NodeDef): void {
      RED.nodes.createNode(this, settings);
      handleInput(this, handler, options);
    }
    RED.nodes.registerType('receiver', Receiver);
  });

/** Opens once; until then it holds up who waits for it. */
function gate(): { opened: Promise<void>; open: () => void } {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

function statuses({ node }: NodeUnderTest): NodeStatus[] {
  const shown: NodeStatus[] = [];
  node.status = (what) => {
    shown.push(what as NodeStatus);
  };
  return shown;
}

const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });

describe('receive', () => {
  NodeUnderTest.inRuntime();

  it('goes on after a message that cannot be cloned for its catch node, and tells of it in the log', async () => {
    const node = await load((msg) => {
      if (msg.payload === 'good') return msg;
      throw new Error('expected a picture, got something else');
    });
    const told: unknown[] = [];
    node.node.error = ((error: unknown, msg?: unknown) => {
      // As Node-RED's own does: a catch node gets a clone.
      if (msg) throw new TypeError('this value does not want to be cloned');
      told.push(error);
    }) as Node['error'];
    node.node.receive({
      payload: new Proxy(
        {},
        {
          ownKeys: () => {
            throw new Error('not to be looked at');
          },
        },
      ),
    });
    assert.equal((await node.answer({ payload: 'good' })).payload, 'good');
    assert.deepEqual(told, ['expected a picture, got something else']);
  });

  it('says what is wrong where something in a message is a proxy that was revoked', async () => {
    const { proxy, revoke } = Proxy.revocable({ x: 1 }, {});
    revoke();
    const node = await load(() => ({ payload: proxy.x }));
    const { error } = await node.send({ payload: 'kept' });
    assert.match(String(error), /expected a message that can be looked at, got one with a proxy that was revoked/);
  });

  it('refuses arrays that Node-RED would copy for minutes, with the rest of the message for the catch node', async () => {
    const node = await load((msg) => msg);
    const list: unknown[] = [];
    list.length = 2 ** 32 - 1;
    for (const camera of [list, { rows: [1, { list }] }]) {
      const { msg, error } = await node.send({ payload: 'kept', camera });
      assert.equal(msg.payload, 'kept');
      assert.match(
        error ?? '',
        /expected arrays of at most 10,000,000 entries, got 4,294,967,295 in msg's "(camera|list)"/,
      );
      assert.match(JSON.stringify(msg.camera), /taken out: too long to copy/);
    }
    assert.equal((await node.answer({ payload: 'good', camera: new Array(1000).fill([0]) })).payload, 'good');
  });

  it('answers messages that throw when they are looked at, and goes on', async () => {
    const trap = (): never => {
      throw new Error('not to be looked at');
    };
    const looks = (msg: { payload?: unknown }): boolean => msg.payload === 'now';
    const node = await load((msg) => msg, { urgent: looks, together: looks });
    node.node.receive(Object.defineProperty({}, 'payload', { get: trap, set: () => undefined }));
    assert.match((await node.next()).error ?? '', /not to be looked at/);
    node.node.receive(Object.defineProperty({ payload: 'sent on' }, 'frame', { get: trap, set: () => undefined }));
    assert.equal((await node.next()).error, undefined);
    assert.equal((await node.answer({ payload: 'good' })).payload, 'good');
  });

  it('handles one message after another, in order, however long each takes', async () => {
    let working = 0;
    const node = await load(async (msg) => {
      assert.equal(++working, 1);
      await pause(20 - Number(msg.payload) * 5);
      working--;
      return msg;
    });
    for (let payload = 0; payload < 4; payload++) node.node.receive({ payload });
    const order = [];
    for (let i = 0; i < 4; i++) order.push((await node.next()).msg.payload);
    assert.deepEqual(order, [0, 1, 2, 3]);
  });

  it('begins messages together where it may, and sends what they give in their order', async () => {
    let working = 0;
    let most = 0;
    const node = await load(
      async (msg) => {
        most = Math.max(most, ++working);
        await pause(20 - Number(msg.payload));
        working--;
        return msg;
      },
      { together: () => true },
    );
    for (let payload = 0; payload < 20; payload++) node.node.receive({ payload });
    const order = [];
    for (let i = 0; i < 20; i++) order.push((await node.next()).msg.payload);
    assert.deepEqual(
      order,
      Array.from({ length: 20 }, (_, i) => i),
    );
    assert.equal(most, 8);
  });

  it('begins alone what is not to be begun with others, and frames of a live stream', async () => {
    const together: string[][] = [];
    const working = new Set<string>();
    const node = await load(
      async (msg) => {
        working.add(String(msg.payload));
        together.push([...working]);
        await pause(10);
        working.delete(String(msg.payload));
        return msg;
      },
      { together: ({ payload }) => payload !== 'c' },
    );
    for (const payload of ['a', 'b', 'c', 'd']) node.node.receive({ payload });
    node.node.receive({ payload: 'live', frame: { stream: 's', id: '1', at: 1 } });
    node.node.receive({ payload: 'e' });
    const order = [];
    for (let i = 0; i < 6; i++) order.push((await node.next()).msg.payload);
    assert.deepEqual(order, ['a', 'b', 'c', 'd', 'live', 'e']);
    assert.deepEqual(together, [['a'], ['a', 'b'], ['c'], ['d'], ['live'], ['e']]);
  });

  it('hands an error of one of several begun together to the catch node, and sends the others', async () => {
    const node = await load(
      async (msg) => {
        await pause(5);
        if (msg.payload === 1) throw new Error('one of them');
        return msg;
      },
      { together: () => true },
    );
    for (let payload = 0; payload < 3; payload++) node.node.receive({ payload });
    const outcomes = [await node.next(), await node.next(), await node.next()];
    assert.deepEqual(outcomes.map(({ msg, error }) => [msg.payload, error]).sort(), [
      [0, undefined],
      [1, 'Error: one of them'],
      [2, undefined],
    ]);
  });

  it('sends to several outputs', async () => {
    const node = await load((msg) => [null, msg]);
    assert.equal((await node.send({ payload: 1 })).output, 2);
  });

  it('completes a message for which nothing is sent', async () => {
    const node = await load(() => undefined);
    const completed = gate();
    const flow = node.node._flow as unknown as { handleComplete: () => void };
    flow.handleComplete = completed.open;
    node.node.receive({ payload: 1 });
    await completed.opened;
  });

  it('hands each error to the catch node once, thrown at once, later, or no Error at all, and goes on', async () => {
    const failures: Partial<Record<string, () => Outgoing | Promise<Outgoing>>> = {
      'at once': () => {
        throw new Error('at once');
      },
      later: () => Promise.reject(Object.assign(new Error('later'), { code: 'late' })),
      text: () => {
        // eslint-disable-next-line @typescript-eslint/only-throw-error -- a flow may throw anything
        throw 'only text';
      },
    };
    const node = await load((msg) => failures[msg.payload as string]?.() ?? msg);
    const outcomes = [];
    for (const payload of [...Object.keys(failures), 'fine']) {
      const { error, code, output } = await node.send({ payload });
      outcomes.push([error, code, output]);
    }
    assert.deepEqual(outcomes, [
      ['Error: at once', undefined, undefined],
      ['Error: later', 'late', undefined],
      ['Error: only text', undefined, undefined],
      [undefined, undefined, 1],
    ]);
  });

  it('fails each message beyond those that may wait, at once', async () => {
    const { opened, open } = gate();
    const node = await load(
      async (msg) => {
        await opened;
        return msg;
      },
      { queue: 2 },
    );
    for (let payload = 0; payload < 5; payload++) node.node.receive({ payload });
    for (const expected of [3, 4]) {
      const { msg, code, error } = await node.next();
      assert.deepEqual([msg.payload, code], [expected, 'busy']);
      assert.match(error ?? '', /messages come faster than they can be handled: 2 are waiting already/);
    }
    open();
    for (const expected of [0, 1, 2]) assert.equal((await node.next()).msg.payload, expected);
  });

  describe('frames of a live stream', () => {
    const frame = (id: string, at: number, stream = 'a'): object => ({ id, at, stream, dropped: 3 });

    /** A node whose handler works on its first message until `open` is called, and what has come of the others. */
    async function held(
      options?: InputHandlerOptions,
    ): Promise<{ node: NodeUnderTest; open: () => void; completed: unknown[] }> {
      const { opened, open } = gate();
      const begun = gate();
      const node = await load(async (msg) => {
        begun.open();
        await opened;
        return msg;
      }, options);
      const completed: unknown[] = [];
      const flow = node.node._flow as unknown as { handleComplete: (node: Node, msg: NodeMessageInFlow) => void };
      flow.handleComplete = (_node, { payload }) => {
        completed.push(payload);
      };
      node.node.receive({ payload: 'in work' });
      await begun.opened;
      return { node, open, completed };
    }

    async function answers(node: NodeUnderTest, times: number): Promise<[unknown, unknown][]> {
      const list: [unknown, unknown][] = [];
      for (let i = 0; i < times; i++) {
        const { payload, frame: sent } = (await node.next()).msg;
        list.push([payload, (sent as { dropped?: number } | undefined)?.dropped]);
      }
      return list;
    }

    it('wait only as the newest; those that give way are done, counted in the status and on the next', async () => {
      const { node, open, completed } = await held();
      const shown = statuses(node);
      for (let i = 1; i <= 4; i++) node.node.receive({ payload: i, frame: frame(`f${i}`, i) });
      await until(() => completed.length >= 3);
      assert.deepEqual(completed, [1, 2, 3]);
      open();
      assert.deepEqual(await answers(node, 2), [
        ['in work', undefined],
        [4, 6],
      ]);
      await until(() => isDeepStrictEqual(shown.at(-1), { fill: 'grey', shape: 'dot', text: '3 dropped' }));
      assert.equal((await node.answer({ payload: 5, frame: frame('f5', 5) })).payload, 5);
    });

    it('do not push out other messages, nor those of another stream, nor others about the same picture', async () => {
      const { node, open } = await held();
      node.node.receive({ payload: 'plain' });
      node.node.receive({ payload: 'other stream', frame: frame('x', 1, 'b') });
      node.node.receive({ payload: 'still', frame: { id: 'y', at: 1 } });
      for (const payload of ['first half', 'second half']) node.node.receive({ payload, frame: frame('f1', 1) });
      open();
      assert.deepEqual(
        (await answers(node, 6)).map(([payload]) => payload),
        ['in work', 'plain', 'other stream', 'still', 'first half', 'second half'],
      );
    });

    it('give way to the newest, not to the last one to come', async () => {
      const { node, open, completed } = await held();
      for (const [payload, at] of [
        ['new', 2],
        ['old', 1],
      ] as const)
        node.node.receive({ payload, frame: frame(payload, at) });
      await until(() => completed.length >= 1);
      assert.deepEqual(completed, ['old']);
      open();
      assert.deepEqual(await answers(node, 2), [
        ['in work', undefined],
        ['new', 4],
      ]);
    });

    it('take the place of an older one even where all places are taken', async () => {
      const { node, open } = await held({ queue: 2 });
      node.node.receive({ payload: 'plain' });
      for (let i = 1; i <= 3; i++) node.node.receive({ payload: i, frame: frame(`f${i}`, i) });
      open();
      assert.deepEqual(await answers(node, 3), [
        ['in work', undefined],
        ['plain', undefined],
        [3, 5],
      ]);
    });
  });

  it('handles urgent messages beside the one in work', async () => {
    const { opened, open } = gate();
    const node = await load(
      async (msg) => {
        if (msg.payload !== 'stop') await opened;
        return msg;
      },
      { urgent: ({ payload }) => payload === 'stop' },
    );
    for (const payload of ['slow', 'stop']) node.node.receive({ payload });
    assert.equal((await node.next()).msg.payload, 'stop');
    open();
    assert.equal((await node.next()).msg.payload, 'slow');
  });

  it('aborts the message in work when closed, waits for it, fails those that wait, and sends nothing more', async () => {
    const begun = gate();
    let finished = false;
    const node = await load(async (msg, { signal }) => {
      begun.open();
      await new Promise((resolve) => {
        signal.addEventListener('abort', resolve);
      });
      await pause(50);
      finished = true;
      return msg;
    });
    const errors: string[] = [];
    node.node.error = (error: unknown) => {
      errors.push(String(error));
    };
    node.node.receive({ payload: 1 });
    node.node.receive({ payload: 2 });
    await begun.opened;
    await helper.clearFlows();
    assert.ok(finished);
    assert.deepEqual(
      errors,
      Array.from({ length: 2 }, () => 'Error: the node was stopped before the message was done'),
    );
  });

  it('fails a message that was sent to it just before it was closed', async () => {
    const { node } = await load((msg) => msg);
    const errors: string[] = [];
    node.error = (error: unknown) => {
      errors.push(String(error));
    };
    // As Node-RED delivers what another node sends.
    setImmediate(() => {
      node.receive({ payload: 'late' });
    });
    await helper.clearFlows();
    await pause(50);
    assert.deepEqual(errors, ['Error: the node was stopped before the message was done']);
  });

  describe('status', () => {
    const fails: Handler = (msg) => {
      if (msg.payload === 'fine') return msg;
      throw Object.assign(new Error('a long story of what went wrong'), {
        ...(msg.payload === 'short' && { status: 'short story' }),
      });
    };

    it('is red and short after an error, and cleared by the next success', async () => {
      const node = await load(fails);
      const shown = statuses(node);
      for (const [i, payload] of ['long', 'short', 'fine'].entries()) {
        await node.send({ payload });
        await until(() => shown.length > i);
      }
      assert.deepEqual(shown, [
        { fill: 'red', shape: 'ring', text: 'a long story of wh…' },
        { fill: 'red', shape: 'ring', text: 'short story' },
        {},
      ]);
    });

    it('is updated at most twice a second, with the newest', async () => {
      const node = await load(fails);
      const shown = statuses(node);
      const status = new Status(node.node);
      const held = holdTimers();
      try {
        for (let i = 0; i < 50; i++) status.show({ text: String(i) });
        assert.deepEqual(shown, [{ text: '0' }]);
        assert.equal(held.pass(), 500);
        assert.deepEqual(shown, [{ text: '0' }, { text: '49' }]);
        assert.equal(held.pass(), 500);
        // Nothing is left to be shown, so the next comes at once.
        assert.equal(held.pass(), undefined);
        status.show({ text: '50' });
        assert.deepEqual(shown.at(-1), { text: '50' });
      } finally {
        held.release();
      }
    });
  });
});

/**
 * Holds timers until each is told to pass, which gives how long it was to wait, milliseconds; undefined where none is
 * left.
 */
function holdTimers(): { pass: () => number | undefined; release: () => void } {
  const usual = globalThis.setTimeout;
  const waiting: { run: () => void; delay: number }[] = [];
  globalThis.setTimeout = ((run: () => void, delay: number) => {
    waiting.push({ run, delay });
    return { unref: () => undefined };
  }) as unknown as typeof setTimeout;
  return {
    pass() {
      const next = waiting.shift();
      next?.run();
      return next?.delay;
    },
    release() {
      globalThis.setTimeout = usual;
    },
  };
}
