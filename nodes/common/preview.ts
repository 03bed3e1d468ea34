import type { Response } from 'express';
import type { NodeAPI } from 'node-red';
import type { Thumbnail } from '../../lib/pictures/thumbnail';

/** Longer side of a thumbnail, pixels: the editor shows it at two thirds of that, for fine screens. */
const LONGEST_SIDE = 240;

/** Nobody has looked for so long: then nothing is kept, milliseconds. */
const FORGOTTEN = 5000;

/** A node without wires sends nothing that the first could see; the second sees what it has made of its message. */
const ON_SEND = 'onSend.digits-preview';
const ON_COMPLETE = 'onComplete.digits-preview';

/** What a node that is looked at sent last. */
interface Watched {
  /** Counts what it sent, from 1. */
  number: number;
  picture: unknown;
  /** Made once, however many editors ask. */
  made?: Promise<Thumbnail>;
  timer: NodeJS.Timeout;
}

interface SentMessage {
  source: { id: string };
  msg: { payload?: unknown };
}

interface CompletedMessage {
  node: { id: string; node?: { wires?: unknown[][] } };
  msg: { payload?: unknown };
  error?: unknown;
}

/** What `RED.hooks` is, as far as it is used here. */
interface Hooks {
  add(name: typeof ON_SEND, listener: (sent: SentMessage[]) => void): void;
  add(name: typeof ON_COMPLETE, listener: (completed: CompletedMessage) => void): void;
  remove(name: string): void;
}

const apps = new WeakSet();

/** Loaded when an editor asks for the first thumbnail. */
const thumbnails = (): typeof import('../../lib/pictures/thumbnail') =>
  require('../../lib/pictures/thumbnail') as typeof import('../../lib/pictures/thumbnail');

/**
 * Lets editors ask for thumbnails of what a node sends, at digits/preview/ID; resources/preview.js does. Only the last
 * picture of a node that somebody has asked about in the last seconds is kept, and it is made small only when it is
 * asked for: without an open editor nothing is done at all. Each module whose nodes can be looked at calls it; one call
 * counts.
 */
export function servePreviews(RED: NodeAPI): void {
  if (apps.has(RED.httpAdmin)) return;
  apps.add(RED.httpAdmin);
  const { hooks } = RED as unknown as { hooks: Hooks };
  const previews = new Previews(hooks);
  RED.httpAdmin.get('/digits/preview/:id', RED.auth.needsPermission('digits-preview.read'), (request, response) => {
    const { id } = request.params as { id: string };
    response.set('cache-control', 'no-store');
    if (!(RED.nodes.getNode(id) as unknown)) {
      previews.forget(id);
      response.sendStatus(404);
      return;
    }
    const entry = previews.watch(id);
    if (entry.number === 0 || entry.number === Number(request.query.since)) {
      response.sendStatus(204);
      return;
    }
    answerWith(entry, response);
  });
}

/** Looks at what the nodes send that somebody has asked about lately, and only while there are such nodes. */
class Previews {
  private readonly watched = new Map<string, Watched>();

  constructor(private readonly hooks: Hooks) {}

  /** What the node has sent since it is looked at, which goes on for `FORGOTTEN` milliseconds more. */
  watch(id: string): Watched {
    const known = this.watched.get(id);
    if (known) {
      known.timer.refresh();
      return known;
    }
    if (this.watched.size === 0) this.addHooks();
    const timer = setTimeout(() => {
      this.forget(id);
    }, FORGOTTEN);
    timer.unref();
    const entry = { number: 0, picture: undefined, timer };
    this.watched.set(id, entry);
    return entry;
  }

  forget(id: string): void {
    clearTimeout(this.watched.get(id)?.timer);
    if (!this.watched.delete(id) || this.watched.size > 0) return;
    for (const hook of [ON_SEND, ON_COMPLETE]) this.hooks.remove(hook);
  }

  private addHooks(): void {
    this.hooks.add(ON_SEND, (sent) => {
      for (const { source, msg } of sent) this.see(source.id, msg);
    });
    this.hooks.add(ON_COMPLETE, ({ node, msg, error }) => {
      if (!error && node.node?.wires?.flat().length === 0) this.see(node.id, msg);
    });
  }

  private see(id: string, { payload }: { payload?: unknown }): void {
    const entry = this.watched.get(id);
    const picture = entry && thumbnails().visibleIn(payload);
    if (!entry || picture === undefined) return;
    this.watched.set(id, { number: entry.number + 1, picture, timer: entry.timer });
  }
}

function answerWith(entry: Watched, response: Response): void {
  const { number, picture } = entry;
  (entry.made ??= thumbnails().thumbnail(picture, LONGEST_SIDE)).then(
    ({ image, width, height }) => {
      response.json({ number, width, height, image: `data:image/jpeg;base64,${image.toString('base64')}` });
    },
    // What a node sends need not be a picture.
    () => {
      response.sendStatus(204);
    },
  );
}
