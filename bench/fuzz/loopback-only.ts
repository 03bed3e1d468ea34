// Loaded before anything else into the processes and threads that fuzz: whatever an input makes them ask for, nothing
// leaves this computer.
import { Socket } from 'node:net';

const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|::1|)$/;

// eslint-disable-next-line @typescript-eslint/unbound-method -- it is called with the socket that it belongs to
const { connect } = Socket.prototype;

Socket.prototype.connect = function (this: Socket, ...args: unknown[]): Socket {
  // Within Node, the arguments come as one array.
  const list: unknown[] = Array.isArray(args[0]) ? args[0] : args;
  const [first, second] = list;
  const { host = '' }: { host?: string } =
    typeof first === 'object' && first !== null ? first : { host: typeof second === 'string' ? second : '' };
  if (LOOPBACK.test(host)) return Reflect.apply(connect, this, args) as Socket;
  process.nextTick(() => {
    this.destroy(new Error(`connections to ${host} are not allowed while fuzzing`));
  });
  return this;
};
