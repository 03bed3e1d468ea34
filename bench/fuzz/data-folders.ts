// Folders of pictures and samples in which somebody has left something odd.
import { chmod, mkdir, readdir, symlink, truncate as resize, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadDataSet } from '../../lib/data/sources';
import { acquireSamples } from '../../lib/samples/sample-store';
import { readPhotoLabels } from '../../scripts/evaluate/photos';
import { notFinite } from './checks';
import { DRAWN, pipe, setProblem, type Files, type Trial } from './data-trials';
import type { Dice } from './dice';
import { mutate } from './mutate';
import { STRINGS } from './values';

/** Texts that can be names of files. */
const NAMES = STRINGS.filter((text) => text !== '' && !/[/\0]|^\.+$/.test(text));

/** What may lie in a folder of labelled pictures, beside a good one. */
function oddPictures(png: Buffer): [string, Files][] {
  return [
    [
      'an SVG among them',
      {
        '3/x.svg': Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="28" height="28"/>'),
        '3/y.png': Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9000" height="9000"/>'),
      },
    ],
    ['odd names among them', Object.fromEntries(NAMES.map((text) => [`4/${text.slice(0, 100)}.png`, png]))],
    ['odd folders among them', Object.fromEntries(NAMES.map((text) => [`${text.slice(0, 100)}/1.png`, png]))],
    [
      'links to themselves among them',
      { '5/link.png': (path) => symlink(path, path), 'not-a-digit': (path) => symlink(path, path) },
    ],
    ['a link to the folder in the folder', { 'not-a-digit': (path) => symlink('.', path) }],
    ['a link to a device among them', { '5/zero.png': (path) => symlink('/dev/zero', path) }],
    ['a link to a file outside among them', { '5/passwd.png': (path) => symlink('/etc/passwd', path) }],
    ['a named pipe among them', { '5/pipe.png': pipe }],
    [
      'what may not be read among them',
      {
        '5/closed.png': (path) => writeFile(path, png).then(() => chmod(path, 0)),
        'not-a-digit': (path) => mkdir(path, { recursive: true }).then(() => chmod(path, 0)),
      },
    ],
    ['a picture of 5 GB among them', { '5/huge.png': (path) => writeFile(path, png).then(() => resize(path, 5e9)) }],
    ["a folder under a picture's name", { '5/folder.png/x.png': png, '8.png/x.png': png }],
    [
      '2,000 empty ones among them',
      Object.fromEntries(Array.from({ length: 2000 }, (_, i) => [`9/${i}.png`, Buffer.alloc(0)])),
    ],
    ['a file in place of a folder', { 'not-a-digit': Buffer.from('x') }],
  ];
}

/** A folder of labelled pictures. */
export function picturesTrial(dice: Dice, pngs: { label: number; png: Buffer }[]): Trial {
  const good: Files = Object.fromEntries(pngs.map(({ label, png }, i) => [`${label}/${i}.png`, png]));
  const first = pngs[0]!;
  const { bytes, how } = mutate(first.png, dice);
  const odd: [string, Files][] = [
    [`one damaged, ${how}`, { [`${first.label}/0.png`]: bytes }],
    ...oddPictures(first.png),
  ];
  const [name, files] = dice.pick(odd);
  return {
    name: `labelled pictures, ${name}`,
    files: { ...good, ...files },
    rule: 'read',
    use: async (folder) => {
      const set = await loadDataSet({ kind: 'pictures', folder });
      return (
        setProblem(set) ??
        (set.size >= pngs.length - 1 ? undefined : `${set.size} of ${pngs.length} good pictures were read`)
      );
    },
  };
}

/** A folder of samples in which somebody has left something, to which a digit is added. */
export function samplesTrial(dice: Dice, pngs: { label: number; png: Buffer }[]): Trial {
  const name = '20261126T150000000Z-0123456789abcdef';
  const { png } = pngs[0]!;
  const { bytes, how } = mutate(png, dice);
  const odd: [string, Files][] = [
    [`one damaged, ${how}`, { [`7/${name}.png`]: bytes }],
    [
      'left by a process that was killed',
      { [`7/${name}.png.0123abcd.tmp`]: bytes, [`unsure/${name}.png.0123abcd.tmp`]: Buffer.alloc(0) },
    ],
    ['odd names', Object.fromEntries(NAMES.map((text) => [`4/${text.slice(0, 100)}.png`, png]))],
    ['a name of another time', { '4/99999999T999999999Z-0123456789abcdef.png': png }],
    ['links to themselves', { '5/link.png': (path) => symlink(path, path), '6': (path) => symlink(path, path) }],
    ['a file in place of a folder', { unsure: Buffer.from('x'), '3': Buffer.from('y') }],
    ['what may not be read', { '7': (path) => mkdir(path, { recursive: true }).then(() => chmod(path, 0)) }],
  ];
  const [what, files] = dice.pick(odd);
  const { image } = dice.pick(DRAWN);
  const request = dice.pick(['keep', 'relabel', 'delete', 'list'] as const);
  const id = dice.pick([...STRINGS, name, `../7/${name}`, `7/${name}`]);
  return {
    name: `samples, ${what}; ${request} ${request === 'keep' ? '' : JSON.stringify(id)}`,
    files: prefixed(files, 'samples'),
    anyClass: true,
    async use(folder) {
      const { value: store, release } = acquireSamples(join(folder, 'samples'), join(folder, 'crops'));
      const limits = { perLabel: 100, inAll: 1000 };
      try {
        if (request === 'relabel') await store.relabel(id, '8', limits);
        else if (request === 'delete') await store.remove(id);
        else if (request === 'list') await store.list(undefined, 100);
        const saved = await store.save({ image, label: '1', given: true }, limits);
        const problem = notFinite(await store.counts(), 'counts');
        if (problem) return problem;
        if (saved.outcome !== 'kept') return undefined;
        return (await readdir(join(folder, 'samples/1'))).includes(`${saved.id}.png`)
          ? undefined
          : 'a sample that was kept is not there';
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
export function labelsTrial(dice: Dice): Trial {
  const whole = Buffer.from(
    'path,label,kind,notes,source\na/1.jpg,407,multi,,me\na/2.jpg,7,single,"a, b",me\nb/3.jpg,,negative,,you\n',
  );
  const { bytes, how } = mutate(whole, dice);
  return {
    name: `labels.csv, ${how}`,
    files: { 'labels.csv': bytes },
    anyClass: true,
    use: async (folder) => notFinite(await readPhotoLabels(folder)),
  };
}

function prefixed(files: Files, folder: string): Files {
  return Object.fromEntries(Object.entries(files).map(([name, content]) => [`${folder}/${name}`, content]));
}
