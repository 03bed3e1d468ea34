// Data files and folders, damaged and odd ones: IDX, labelled pictures, samples, lists of labels, downloads.
import { spawnSync } from 'node:child_process';
import { chmod, mkdir, readdir, rm, symlink, truncate as resize, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import sharp from 'sharp';
import type { DataSet } from '../../lib/data/data-set';
import { DataSetError } from '../../lib/data/idx';
import { fetchMnist } from '../../lib/data/mnist';
import { loadDataSet, type DataSource } from '../../lib/data/sources';
import { PictureError } from '../../lib/pictures/picture';
import { SamplesError } from '../../lib/samples/labels';
import { acquireSamples } from '../../lib/samples/sample-store';
import { drawDigit } from '../../lib/train/drawn-digits';
import { Random } from '../../lib/train/random';
import { idx, makeFiles } from '../../test/data/made-files';
import { readPhotoLabels } from '../evaluate/photos';
import { accepted, beginning, refusal, type FuzzCase, type OpenArea, type Outcome } from './case';
import { notFinite } from './checks';
import type { Dice } from './dice';
import { mutate } from './mutate';
import { STRINGS } from './values';

/** What lies in a folder: bytes, or what makes something that is no file. */
type Files = Record<string, Buffer | ((path: string) => unknown)>;

interface Trial {
  name: string;
  files: Files;
  /** What reads it; answers with what is wrong with the result. */
  use: (folder: string) => Promise<string | undefined>;
  /** It has to be refused; or has to be read, and be these digits. */
  rule?: 'refused' | 'read' | undefined;
  /** Whether the file system's own errors are among those that may come. */
  anyClass?: boolean;
}

const COUNT = 40;
const DRAWN = Array.from({ length: COUNT }, (_, i) => drawDigit(new Random(2, i)));
const IMAGES = Buffer.concat(DRAWN.map(({ image }) => Buffer.from(image))), LABELS = Uint8Array.from(DRAWN, ({ label }) => label);
const IMAGES_FILE = idx(2051, [COUNT, 28, 28], IMAGES), LABELS_FILE = idx(2049, [COUNT], LABELS);

export const open: OpenArea = async ({ folder }) => {
  const pngs = await Promise.all(DRAWN.slice(0, 12).map(async ({ image, label }) => ({ label, png: await sharp(image, { raw: { width: 28, height: 28, channels: 1 } }).png().toBuffer() })));
  const mirror = await Mirror.start();
  const trials: Record<string, (dice: Dice) => Trial> = {
    idx: idxTrial,
    pictures: (dice) => picturesTrial(dice, pngs),
    samples: (dice) => samplesTrial(dice, pngs),
    labels: labelsTrial,
    download: (dice) => downloadTrial(dice, mirror),
  };
  const kinds = [[5, 'idx'], [4, 'pictures'], [2, 'samples'], [1, 'labels'], [2, 'download']] as const;
  return {
    make(dice): FuzzCase {
      const trial = trials[dice.weighted(kinds)](dice), { name, files } = trial;
      return { name, input: Object.values(files).find((each) => Buffer.isBuffer(each)), run: () => tryOut(join(folder, 'case'), trial) };
    },
    close: () => mirror.stop(),
  };
};

async function tryOut(folder: string, { name: what, files, use, rule, anyClass = false }: Trial): Promise<Outcome> {
  await mkdir(folder, { recursive: true });
  try {
    for (const [name, content] of Object.entries(files)) {
      const path = join(folder, name);
      await mkdir(join(path, '..'), { recursive: true });
      if (Buffer.isBuffer(content)) await writeFile(path, content);
      else await content(path);
    }
    const problem = await use(folder);
    return accepted(problem ?? (rule === 'refused' ? `${beginning(what)}: damaged, and taken for whole` : undefined));
  } catch (error) {
    const outcome = refusal(error, anyClass ? [] : [DataSetError, SamplesError, PictureError]);
    if (rule === 'read') outcome.findings.push({ fault: 'wrong', detail: `${what}: refused, though nothing is wrong with it: ${(error as Error).message}` });
    return outcome;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const load = (source: DataSource): Promise<string | undefined> => loadDataSet(source).then(setProblem);

function setProblem(set: DataSet): string | undefined {
  if (set.size < 1 || set.images.length !== 784 * set.size) return `${set.images.length} bytes of pictures for ${set.size} labels`;
  const wrong = set.labels.find((label) => label > 10);
  return wrong === undefined ? notFinite(set.toJSON()) : `a label of ${wrong}`;
}

function sameDigits(set: DataSet): string | undefined {
  return setProblem(set) ?? (Buffer.from(set.images).equals(IMAGES) && Buffer.from(set.labels).equals(Buffer.from(LABELS)) ? undefined : 'other digits than were written');
}

/** A pair of IDX files, one of which is changed. */
function idxTrial(dice: Dice): Trial {
  const use = (folder: string): Promise<string | undefined> => load({ kind: 'idx', folder, part: 'test' });
  const pair = (images: Buffer | Files[string], labels: Buffer | Files[string] = LABELS_FILE, ending = ''): Files => ({ [`t10k-images-idx3-ubyte${ending}`]: images, [`t10k-labels-idx1-ubyte${ending}`]: labels });
  const header = (sizes: number[], magic = 2051): Buffer => idx(magic, sizes, IMAGES);
  const makers: [number, () => Omit<Trial, 'use'> & { use?: Trial['use'] }][] = [
    [8, () => {
      // One flipped pixel is another picture, and nothing tells.
      const { bytes, how } = mutate(IMAGES_FILE, dice);
      return { name: `IDX of pictures, ${how}`, files: pair(bytes), rule: bytes.length === IMAGES_FILE.length ? undefined : 'refused' };
    }],
    [4, () => {
      const { bytes, how } = mutate(LABELS_FILE, dice);
      return { name: `IDX of labels, ${how}`, files: pair(IMAGES_FILE, bytes), rule: bytes.length === LABELS_FILE.length ? undefined : 'refused' };
    }],
    [6, () => {
      const whole = gzipSync(IMAGES_FILE), { bytes, how } = mutate(whole, dice);
      return { name: `packed IDX of pictures, ${how}`, files: pair(bytes, gzipSync(LABELS_FILE), '.gz'), use: async (folder) => sameDigits(await loadDataSet({ kind: 'idx', folder, part: 'test' })) };
    }],
    [2, () => {
      const sizes = dice.pick([[0, 28, 28], [0xffffffff, 28, 28], [COUNT, 0, 28], [COUNT, 27, 28], [2 ** 31, 2 ** 31, 2 ** 31], [COUNT * 28, 1, 28], [1, COUNT * 28, 28], [COUNT + 1, 28, 28], [COUNT, 28, 28, 1]]);
      return { name: `IDX of ${sizes.join(' × ')} that has ${COUNT} pictures`, files: pair(header(sizes)), rule: 'refused' };
    }],
    [1, () => ({ name: 'IDX of another magic number', files: pair(header([COUNT, 28, 28], dice.pick([0, 2049, 2052, 0x0b03, 0x0d03, 0xffffffff]))), rule: 'refused' })],
    [1, () => ({ name: 'IDX with labels above 9', files: pair(IMAGES_FILE, idx(2049, [COUNT], LABELS.map((label) => label + dice.pick([10, 200])))), rule: 'refused' })],
    [1, () => ({ name: 'IDX packed twice', files: pair(gzipSync(gzipSync(IMAGES_FILE)), gzipSync(LABELS_FILE), '.gz'), rule: 'refused' })],
    [1, () => ({ name: 'IDX packed, in two pieces of gzip', files: pair(Buffer.concat([gzipSync(IMAGES_FILE.subarray(0, 900)), gzipSync(IMAGES_FILE.subarray(900))]), gzipSync(LABELS_FILE), '.gz'), use: async (folder) => sameDigits(await loadDataSet({ kind: 'idx', folder, part: 'test' })) })],
    [1, () => ({ name: 'zeros that unpack to 1.2 GB', files: pair(gzipBomb(), gzipSync(LABELS_FILE), '.gz'), rule: 'refused' })],
    [1, () => ({ name: 'IDX that unpacks to 1.2 GB', files: pair(gzipBomb(IMAGES_FILE), gzipSync(LABELS_FILE), '.gz'), rule: 'refused' })],
    [1, () => ({ name: 'no IDX but a file of 5 GB that has nothing in it', files: pair((path) => writeFile(path, IMAGES_FILE).then(() => resize(path, 5e9))), rule: 'refused' })],
    [1, () => ({ name: 'a named pipe in place of IDX', files: pair(pipe), rule: 'refused' })],
    [1, () => ({ name: 'a folder in place of IDX', files: pair((path) => mkdir(path)), rule: 'refused' })],
    [1, () => ({ name: 'a link to itself in place of IDX', files: pair((path) => symlink(path, path)), rule: 'refused' })],
    [1, () => ({ name: 'IDX that may not be read', files: pair((path) => writeFile(path, IMAGES_FILE).then(() => chmod(path, 0))) })],
    [1, () => ({ name: 'good IDX', files: pair(IMAGES_FILE), rule: 'read', use: async (folder) => sameDigits(await loadDataSet({ kind: 'idx', folder, part: 'test' })) })],
    [1, () => ({ name: 'good IDX, packed', files: pair(gzipSync(IMAGES_FILE), gzipSync(LABELS_FILE), '.gz'), rule: 'read', use: async (folder) => sameDigits(await loadDataSet({ kind: 'idx', folder, part: 'test' })) })],
    [1, () => ({ name: 'IDX under the name of another pair', files: { [`${dice.pick(STRINGS).replaceAll(/[/\0]/g, '_').slice(0, 200)}-images-idx3-ubyte`]: IMAGES_FILE, 'other-labels-idx1-ubyte': LABELS_FILE } })],
  ];
  return { use, ...dice.weighted(makers)() };
}

const bombs: Partial<Record<string, Buffer>> = {};
/** 1.2 MB of gzip that unpack to a thousand times as much. */
function gzipBomb(begin: Buffer = Buffer.alloc(0)): Buffer {
  return (bombs[begin.length] ??= Buffer.concat([gzipSync(begin), ...Array<Buffer>(12).fill(gzipSync(Buffer.alloc(1e8)))]));
}

/** A folder of labelled pictures. */
function picturesTrial(dice: Dice, pngs: { label: number; png: Buffer }[]): Trial {
  const good: Files = Object.fromEntries(pngs.map(({ label, png }, i) => [`${label}/${i}.png`, png]));
  const [first] = pngs, { bytes, how } = mutate(first.png, dice);
  const odd: [string, Files][] = [
    [`one damaged, ${how}`, { [`${first.label}/0.png`]: bytes }],
    ['an SVG among them', { '3/x.svg': Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="28" height="28"/>'), '3/y.png': Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9000" height="9000"/>') }],
    ['odd names among them', Object.fromEntries(STRINGS.filter((text) => text !== '' && !/[/\0]|^\.+$/.test(text)).map((text) => [`4/${text.slice(0, 100)}.png`, first.png]))],
    ['odd folders among them', Object.fromEntries(STRINGS.filter((text) => text !== '' && !/[/\0]|^\.+$/.test(text)).map((text) => [`${text.slice(0, 100)}/1.png`, first.png]))],
    ['links to themselves among them', { '5/link.png': (path) => symlink(path, path), 'not-a-digit': (path) => symlink(path, path) }],
    ['a link to the folder in the folder', { 'not-a-digit': (path) => symlink('.', path) }],
    ['a link to a device among them', { '5/zero.png': (path) => symlink('/dev/zero', path) }],
    ['a link to a file outside among them', { '5/passwd.png': (path) => symlink('/etc/passwd', path) }],
    ['a named pipe among them', { '5/pipe.png': pipe }],
    ['what may not be read among them', { '5/closed.png': (path) => writeFile(path, first.png).then(() => chmod(path, 0)), 'not-a-digit': (path) => mkdir(path, { recursive: true }).then(() => chmod(path, 0)) }],
    ['a picture of 5 GB among them', { '5/huge.png': (path) => writeFile(path, first.png).then(() => resize(path, 5e9)) }],
    ['a folder under a picture\'s name', { '5/folder.png/x.png': first.png, '8.png/x.png': first.png }],
    ['2,000 empty ones among them', Object.fromEntries(Array.from({ length: 2000 }, (_, i) => [`9/${i}.png`, Buffer.alloc(0)]))],
    ['a file in place of a folder', { 'not-a-digit': Buffer.from('x') }],
  ];
  const [name, files] = dice.pick(odd);
  return {
    name: `labelled pictures, ${name}`, files: { ...good, ...files }, rule: 'read',
    use: async (folder) => {
      const set = await loadDataSet({ kind: 'pictures', folder });
      return setProblem(set) ?? (set.size >= pngs.length - 1 ? undefined : `${set.size} of ${pngs.length} good pictures were read`);
    },
  };
}

/** A folder of samples in which somebody has left something, to which a digit is added. */
function samplesTrial(dice: Dice, pngs: { label: number; png: Buffer }[]): Trial {
  const name = '20261126T150000000Z-0123456789abcdef', [{ png }] = pngs, { bytes, how } = mutate(png, dice);
  const odd: [string, Files][] = [
    [`one damaged, ${how}`, { [`7/${name}.png`]: bytes }],
    ['left by a process that was killed', { [`7/${name}.png.0123abcd.tmp`]: bytes, [`unsure/${name}.png.0123abcd.tmp`]: Buffer.alloc(0) }],
    ['odd names', Object.fromEntries(STRINGS.filter((text) => text !== '' && !/[/\0]|^\.+$/.test(text)).map((text) => [`4/${text.slice(0, 100)}.png`, png]))],
    ['a name of another time', { '4/99999999T999999999Z-0123456789abcdef.png': png }],
    ['links to themselves', { '5/link.png': (path) => symlink(path, path), '6': (path) => symlink(path, path) }],
    ['a file in place of a folder', { 'unsure': Buffer.from('x'), '3': Buffer.from('y') }],
    ['what may not be read', { '7': (path) => mkdir(path, { recursive: true }).then(() => chmod(path, 0)) }],
  ];
  const [what, files] = dice.pick(odd), { image } = DRAWN[dice.whole(0, COUNT - 1)];
  const request = dice.pick(['keep', 'relabel', 'delete', 'list'] as const), id = dice.pick([...STRINGS, name, `../7/${name}`, `7/${name}`]);
  return {
    name: `samples, ${what}; ${request} ${request === 'keep' ? '' : JSON.stringify(id)}`, files: prefixed(files, 'samples'), anyClass: true,
    async use(folder) {
      const { value: store, release } = acquireSamples(join(folder, 'samples'), join(folder, 'crops')), limits = { perLabel: 100, inAll: 1000 };
      try {
        if (request === 'relabel') await store.relabel(id, '8', limits);
        else if (request === 'delete') await store.remove(id);
        else if (request === 'list') await store.list(undefined, 100);
        const saved = await store.save({ image, label: '1', given: true }, limits);
        const problem = notFinite(await store.counts(), 'counts');
        if (problem) return problem;
        if (saved.outcome !== 'kept') return undefined;
        return (await readdir(join(folder, 'samples/1'))).includes(`${saved.id}.png`) ? undefined : 'a sample that was kept is not there';
      } finally {
        await release();
        const outside = (await readdir(folder)).filter((each) => !['samples', 'crops'].includes(each));
        // eslint-disable-next-line no-unsafe-finally -- what lies outside matters more than any answer
        if (outside.length > 0) return `files outside: ${outside.join(', ')}`;
      }
    },
  };
}

/** The list of labels that photographs are evaluated by. */
function labelsTrial(dice: Dice): Trial {
  const whole = Buffer.from('path,label,kind,notes,source\na/1.jpg,407,multi,,me\na/2.jpg,7,single,"a, b",me\nb/3.jpg,,negative,,you\n');
  const { bytes, how } = mutate(whole, dice);
  return { name: `labels.csv, ${how}`, files: { 'labels.csv': bytes }, anyClass: true, use: async (folder) => notFinite(await readPhotoLabels(folder)) };
}

/** MNIST's files from a mirror that sends something else. */
function downloadTrial(dice: Dice, mirror: Mirror): Trial {
  const { bytes, files } = makeFiles(), names = Object.keys(bytes), chosen = dice.pick(names), whole = gzipSync(bytes[chosen]);
  const ways: [string, Sent, Trial['rule']][] = [
    ['as it should be', { body: whole }, 'read'],
    ...Array.from({ length: 4 }, (): [string, Sent, Trial['rule']] => {
      const { bytes: body, how } = mutate(whole, dice);
      return [how, { body }, undefined];
    }),
    ['empty', { body: Buffer.alloc(0) }, 'refused'],
    ['a web page', { body: Buffer.from('<html>Sign in</html>') }, 'refused'],
    ['zeros that unpack to 1.2 GB', { body: gzipBomb() }, 'refused'],
    ['of a length that is not true', { body: whole.subarray(0, whole.length >> 1), length: whole.length }, 'refused'],
    ['that says it is 1 TB long', { body: whole, length: 1e12 }, 'refused'],
    ['without an end', { body: whole, endless: true }, 'refused'],
    ['with status 404', { body: whole, status: 404 }, 'refused'],
    ['with status 500', { body: whole, status: 500 }, 'refused'],
    ['sent to itself for ever', { body: whole, status: 302, location: `/${chosen}.gz` }, 'refused'],
    ['sent to a file', { body: whole, status: 302, location: 'file:///etc/passwd' }, 'refused'],
    ['sent outside', { body: whole, status: 302, location: '/../../x' }, 'refused'],
  ];
  const [name, sent, rule] = dice.pick(ways);
  return {
    name: `a download of MNIST, ${chosen} ${name}`, files: {}, rule,
    async use(folder) {
      mirror.sends = { ...Object.fromEntries(names.map((each) => [each, { body: gzipSync(bytes[each]) }])), [chosen]: sent };
      await fetchMnist({ folder: join(folder, 'mnist'), mirrors: [mirror.url], files, patience: { answer: 2000, stall: 1000 } });
      const { images, labels } = await loadDataSet({ kind: 'idx', folder: join(folder, 'mnist'), part: 'test' });
      const right = Buffer.from(images).equals(bytes['t10k-images-idx3-ubyte'].subarray(16)) && Buffer.from(labels).equals(bytes['t10k-labels-idx1-ubyte'].subarray(8));
      return right ? undefined : 'other digits than the mirror was to send';
    },
  };
}

interface Sent {
  body: Buffer;
  length?: number;
  status?: number;
  location?: string;
  endless?: boolean;
}

/** A mirror of MNIST on this computer. */
class Mirror {
  sends: Record<string, Sent> = {};

  static async start(): Promise<Mirror> {
    const mirror = new Mirror();
    await new Promise<void>((resolve) => { mirror.server.listen(0, '127.0.0.1', resolve); });
    return mirror;
  }

  private readonly server: Server = createServer(({ url = '' }, response) => {
    const sent = this.sends[url.replace(/^\/|\.gz$/g, '')] as Sent | undefined;
    if (!sent) {
      response.writeHead(404).end();
      return;
    }
    const { body, length, status = 200, location, endless } = sent;
    response.writeHead(status, { ...(length !== undefined && { 'content-length': length }), ...(location && { location }) });
    if (!endless) {
      // One that promises more than it sends breaks off.
      response.write(body, () => { if (length === undefined) response.end(); else response.destroy(); });
      return;
    }
    const go = (): void => { if (!response.destroyed) response.write(body, () => { setImmediate(go); }); };
    go();
  });

  get url(): string { return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/`; }

  stop(): Promise<void> {
    this.server.closeAllConnections();
    return new Promise((resolve) => { this.server.close(() => { resolve(); }); });
  }
}

function prefixed(files: Files, folder: string): Files {
  return Object.fromEntries(Object.entries(files).map(([name, content]) => [`${folder}/${name}`, content]));
}

function pipe(path: string): void {
  spawnSync('mkfifo', [path]);
}
