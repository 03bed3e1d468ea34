import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { NodeAPI } from 'node-red';

/** A node that does what a message tells it to. */
export = (RED: NodeAPI): void => {
  RED.nodes.registerType('planted', function (this: ReturnType<typeof RED.nodes.getNode>, settings) {
    RED.nodes.createNode(this, settings);
    this.on('input', (msg, send, done) => {
      switch (msg.payload) {
        case 'nothing':
          return;
        case 'NaN':
          send(Object.assign(msg, { payload: '7', confidence: NaN, digits: [] }));
          break;
        case 'escape':
          writeFileSync(join(process.cwd(), 'escaped.txt'), 'x');
          break;
        case 'pollute':
          Object.assign(Object.prototype, { polluted: 1 });
          break;
        case 'mumble':
          done(new TypeError("Cannot read properties of null (reading 'x')"));
          return;
        case 'fail':
          done(new Error('expected something else'));
          return;
        default:
          send(Object.assign(msg, { payload: '407', confidence: 0, digits: [] }));
      }
      done();
    });
  });
};
