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
  const watched = new Map<string, Watched>();

  const forget = (id: string): void => {
    clearTimeout(watched.get(id)?.timer);
    if (watched.delete(id) && watched.size === 0) for (const hook of [ON_SEND, ON_COMPLETE]) hooks.remove(hook);
  };

  const see = (id: string, { payload }: { payload?: unknown }): void => {
    const entry = watched.get(id);
    const picture = entry && thumbnails().visibleIn(payload);
    if (entry && picture !== undefined) watched.set(id, { number: entry.number + 1, picture, timer: entry.timer });
  };

  const watch = (id: string): Watched => {
    const known = watched.get(id);
    if (known) {
      known.timer.refresh();
      return known;
    }
    if (watched.size === 0) {
      hooks.add(ON_SEND, (sent) => {
        for (const { source, msg } of sent) see(source.id, msg);
      });
      hooks.add(ON_COMPLETE, ({ node, msg, error }) => {
        if (!error && node.node?.wires?.flat().length === 0) see(node.id, msg);
      });
    }
    const timer = setTimeout(() => {
      forget(id);
    }, FORGOTTEN);
    timer.unref();
    const entry = { number: 0, picture: undefined, timer };
    watched.set(id, entry);
    return entry;
  };

  RED.httpAdmin.get('/digits/preview/:id', RED.auth.needsPermission('digits-preview.read'), (request, response) => {
    const { id } = request.params as { id: string };
    response.set('cache-control', 'no-store');
    if (!(RED.nodes.getNode(id) as unknown)) {
      forget(id);
      response.sendStatus(404);
      return;
    }
    const entry = watch(id);
    const { number, picture } = entry;
    if (number === 0 || number === Number(request.query.since)) {
      response.sendStatus(204);
      return;
    }
    (entry.made ??= thumbnails().thumbnail(picture, LONGEST_SIDE)).then(
      ({ image, width, height }) => {
        response.json({ number, width, height, image: `data:image/jpeg;base64,${image.toString('base64')}` });
      },
      // What a node sends need not be a picture.
      () => {
        response.sendStatus(204);
      },
    );
  });
}
