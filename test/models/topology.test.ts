import assert from 'node:assert/strict';
import { checkTopology } from '../../lib/models/topology';

type Calls = unknown[][];

const input = { name: 'in', class_name: 'InputLayer', config: { name: 'in' }, inbound_nodes: [] as Calls };
const dense = (name: string, from: unknown[], more: object = {}): object => ({
  name,
  class_name: 'Dense',
  config: { name, units: 4 },
  inbound_nodes: [[from]],
  ...more,
});

/** A network of these layers, from the input to the last. */
function networkOf(layers: object[], more: object = {}): object {
  const config = { name: 'net', layers, input_layers: [['in', 0, 0]], output_layers: [['out', 0, 0]], ...more };
  return { model_config: { class_name: 'Functional', config } };
}

const GOOD = [input, dense('a', ['in', 0, 0, {}]), dense('out', ['a', 0, 0, {}])];

describe('how the layers of a model are put together', () => {
  const check = (topology: object): void => {
    checkTopology('m', topology);
  };

  it('is taken where each has a name and takes what another one gives', () => {
    check(networkOf(GOOD));
    check({ model_config: { class_name: 'Sequential', config: { layers: [{ class_name: 'Dense', config: {} }] } } });
  });

  const out = (from: unknown[], more: object = {}): object[] => [GOOD[0]!, GOOD[1]!, dense('out', from, more)];
  const WRONG: [what: string, topology: object][] = [
    ['a layer that is none', networkOf(out(['b', 0, 0, {}]))],
    ['a call that does not happen', networkOf(out(['a', 1, 0, {}]))],
    ['a call that is no number', networkOf(out(['a', 'first', 0, {}]))],
    ['a tensor of no number', networkOf(out(['a', 0, 'first', {}]))],
    ['a tensor below 0', networkOf(out(['a', 0, -1, {}]))],
    ['nothing', networkOf([GOOD[0]!, GOOD[1]!, { ...dense('out', []), inbound_nodes: [[]] }])],
    ['itself', networkOf(out(['out', 0, 0, {}]))],
    ['a layer without a class', networkOf(out(['a', 0, 0, {}], { class_name: 5 }))],
    ['a layer without settings', networkOf(out(['a', 0, 0, {}], { config: 'none' }))],
    ['a layer of two names', networkOf(out(['a', 0, 0, {}], { config: { name: 'other' } }))],
    ['two layers of one name', networkOf([...GOOD, dense('a', ['in', 0, 0, {}])])],
    ['an input that takes something', networkOf([{ ...input, inbound_nodes: [[['a', 0, 0, {}]]] }, ...GOOD.slice(1)])],
    ['an end that is none', networkOf(GOOD, { output_layers: [['b', 0, 0]] })],
    ['a beginning that is none', networkOf(GOOD, { input_layers: [['b', 0, 0]] })],
    ['no layers', networkOf([])],
    ['units that are no whole number', networkOf(out(['a', 0, 0, {}], { config: { name: 'out', units: 1.5 } }))],
    ['no units', networkOf(out(['a', 0, 0, {}], { config: { name: 'out', units: 0 } }))],
  ];
  for (const [what, topology] of WRONG) {
    it(`is refused with ${what}`, () => {
      assert.throws(() => {
        check(topology);
      }, /^ModelError: m: /);
    });
  }
});
