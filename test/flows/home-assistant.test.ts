import assert from 'node:assert/strict';
import sharp from 'sharp';
import { photograph } from '../../support/drawn-pictures';
import { freePort } from '../../support/processes';
import { BROKER, Listener, startBroker, type Broker } from './broker';
import { Example, until } from './example';

const NAME = '07 - Home Assistant';

/**
 * What Home Assistant takes in a discovery message, after the schemas in its source (components/mqtt: schemas, sensor,
 * camera): it refuses a message with any other key, or without a required one.
 */
const COMMON = {
  required: [],
  allowed: [
    'availability',
    'availability_mode',
    'availability_template',
    'availability_topic',
    'payload_available',
    'payload_not_available',
    'device',
    'origin',
    'enabled_by_default',
    'entity_category',
    'entity_picture',
    'icon',
    'json_attributes_topic',
    'json_attributes_template',
    'name',
    'object_id',
    'default_entity_id',
    'platform',
    'qos',
    'encoding',
    'unique_id',
  ],
};
const SCHEMA: Record<string, { required: string[]; allowed: string[] }> = {
  sensor: {
    required: ['state_topic'],
    allowed: [
      'device_class',
      'expire_after',
      'force_update',
      'last_reset_value_template',
      'options',
      'state_class',
      'suggested_display_precision',
      'unit_of_measurement',
      'value_template',
    ],
  },
  camera: { required: ['topic'], allowed: ['image_encoding'] },
};
const DEVICE = [
  'configuration_url',
  'connections',
  'hw_version',
  'identifiers',
  'manufacturer',
  'model',
  'model_id',
  'name',
  'serial_number',
  'suggested_area',
  'sw_version',
  'via_device',
];
const ORIGIN = ['name', 'sw_version', 'support_url'];

type Config = Record<string, unknown> & { device: Record<string, unknown>; origin: Record<string, unknown> };

function check(topic: string, config: Config): void {
  const component = /^homeassistant\/(\w+)\/[a-zA-Z0-9_-]+\/[a-zA-Z0-9_-]+\/config$/.exec(topic)?.[1] ?? '';
  const { required, allowed } = SCHEMA[component]!;
  for (const key of required) assert.ok(key in config, `${topic} needs ${key}`);
  const only = (keys: object, known: string[]): void => {
    assert.deepEqual(
      Object.keys(keys).filter((key) => !known.includes(key)),
      [],
      topic,
    );
  };
  only(config, [...required, ...allowed, ...COMMON.allowed]);
  only(config.device, DEVICE);
  only(config.origin, ORIGIN);
  // A device needs something to be known by; without an id of its own a thing belongs to none.
  assert.ok(Array.isArray(config.device.identifiers) && config.device.identifiers.length > 0);
  assert.equal(typeof config.unique_id, 'string');
  assert.equal(typeof config.origin.name, 'string');
  for (const key of Object.keys(config).filter((name) => name.endsWith('topic')))
    assert.match(String(config[key]), /^[^+#]+$/);
  assert.ok([0, 1, 2].includes(Number(config.qos)));
  if ('icon' in config) assert.match(String(config.icon), /^\w+:[\w-]+$/);
  if ('state_class' in config)
    assert.ok(['measurement', 'measurement_angle', 'total', 'total_increasing'].includes(String(config.state_class)));
  if ('entity_category' in config) assert.ok(['config', 'diagnostic'].includes(String(config.entity_category)));
}

describe(`the example "${NAME}", with ${BROKER}`, () => {
  let broker: Broker;
  let listener: Listener;
  let example: Example;

  const discovered = (): { topic: string; config: Config }[] =>
    listener.heard
      .filter(({ topic }) => topic.endsWith('/config'))
      .map(({ topic, payload }) => ({ topic, config: JSON.parse(payload.toString()) as Config }));

  before(async () => {
    const port = await freePort();
    broker = await startBroker(port);
    listener = await Listener.on(port);
    example = await Example.start(NAME, {
      change: (nodes) => {
        for (const node of nodes) if (node.type === 'mqtt-broker') Object.assign(node, { broker: '127.0.0.1', port });
      },
    });
  });

  after(async () => {
    await (example as Example | undefined)?.stop();
    await (listener as Listener | undefined)?.end();
    await broker.stop();
  });

  it('tells of two sensors and a camera of one device, in messages that Home Assistant takes', async () => {
    await until(
      () => discovered().length >= 3,
      () => 'discovery',
    );
    const all = discovered();
    assert.deepEqual(all.map(({ topic }) => topic).sort(), [
      'homeassistant/camera/digits_camera-1/picture/config',
      'homeassistant/sensor/digits_camera-1/confidence/config',
      'homeassistant/sensor/digits_camera-1/reading/config',
    ]);
    for (const { topic, config } of all) check(topic, config);
    assert.equal(new Set(all.map(({ config }) => config.unique_id)).size, 3);
    assert.equal(new Set(all.map(({ config }) => JSON.stringify(config.device))).size, 1);
  });

  it('publishes what it told of, on the topics it told', async () => {
    await example.capture(await photograph('407'));
    const configs: Record<string, Config> = Object.fromEntries(
      discovered().map(({ config }) => [String(config.name), config]),
    );
    const { Reading: reading, Confidence: confidence, Picture: picture } = configs;
    assert.ok(reading && confidence && picture);
    const state = async (config: Config, key: string): Promise<Buffer> =>
      (await listener.hears(String(config[key]))).payload;
    assert.equal((await state(reading, 'state_topic')).toString(), '407');
    const percent = Number(await state(confidence, 'state_topic'));
    assert.ok(percent >= 80 && percent <= 100);
    assert.equal((await sharp(await state(picture, 'topic')).metadata()).format, 'jpeg');
    const attributes = JSON.parse((await state(reading, 'json_attributes_topic')).toString()) as {
      taken: string;
      frame: string;
      digits: { digit: number }[];
    };
    assert.deepEqual(Object.keys(attributes), ['taken', 'frame', 'digits']);
    assert.equal(new Date(attributes.taken).toISOString(), attributes.taken);
    assert.deepEqual(
      attributes.digits.map(({ digit }) => digit),
      [4, 0, 7],
    );
    for (const config of Object.values(configs))
      assert.equal((await state(config, 'availability_topic')).toString(), 'online');
  });

  it('writes two lines as one, which is all that a state can hold', async () => {
    await example.capture(
      await photograph('', {
        writing: [
          { text: '12', x: 80, y: 60, height: 120 },
          { text: '34', x: 80, y: 280, height: 120 },
        ],
      }),
    );
    await listener.hears('digits/camera-1/reading', '12 / 34');
  });

  it('tells everything again when Home Assistant has started', async () => {
    const before = discovered().length;
    await listener.publish('homeassistant/status', 'online');
    await until(
      () => discovered().length >= before + 3,
      () => 'discovery anew',
    );
    for (const { topic, config } of discovered()) check(topic, config);
  });

  it('keeps what it told of for whoever comes later, and is unavailable once it is stopped', async () => {
    const later = await Listener.on(listener.client.options.port as number);
    assert.ok((await later.hears('homeassistant/camera/digits_camera-1/picture/config')).retain);
    await later.end();
    await example.nodeRed.program.stop();
    await listener.hears('digits/camera-1/status', 'offline');
  });
});
