import { strict as assert } from 'node:assert';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { editDistance, photoFigures, readPhotoLabels, type PhotoResult } from '../../scripts/evaluate/photos';

describe('readPhotoLabels', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'photos '));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('reads quoted fields', async () => {
    await writeFile(
      join(folder, 'labels.csv'),
      'path,label,kind,notes,source\na/b.jpg,407,multi,"pen, paper ""x""",me\nc.jpg,,negative,,you\n',
    );
    assert.deepEqual(await readPhotoLabels(folder), [
      { path: 'a/b.jpg', label: '407', kind: 'multi', notes: 'pen, paper "x"', source: 'me' },
      { path: 'c.jpg', label: '', kind: 'negative', notes: '', source: 'you' },
    ]);
  });

  it('says which line is wrong', async () => {
    await writeFile(join(folder, 'labels.csv'), 'path,label,kind\na.jpg,4,single\nb.jpg,4,several\n');
    await assert.rejects(readPhotoLabels(folder), /kind \(single, multi or negative\) in line 3 of .*several/);
  });

  it('says that there are no labels', async () => {
    await assert.rejects(readPhotoLabels(folder), /no such file.*labels\.csv/);
  });
});

describe('photoFigures', () => {
  const photo = (
    kind: PhotoResult['kind'],
    label: string,
    text: string,
    more: Partial<PhotoResult> = {},
  ): PhotoResult => ({
    path: 'x.jpg',
    kind,
    label,
    text,
    source: 'a',
    notes: '',
    confidence: 0.9,
    accepted: text !== '',
    ...more,
  });

  it('counts by kind and by source', () => {
    const figures = photoFigures([
      photo('single', '4', '4'),
      photo('single', '4', '9'),
      photo('single', '5', '5', { source: 'b' }),
      photo('single', '6', '6', { accepted: false }),
      photo('multi', '407', '407'),
      photo('multi', '123', '13'),
      photo('negative', '', ''),
      photo('negative', '', '1', { notes: 'Handwritten letters' }),
      photo('negative', '', '1', { accepted: false }),
    ]);
    assert.deepEqual(figures, {
      photographs: 9,
      single: 0.75,
      macro: (2 / 3 + 1) / 2,
      coverage: 0.75,
      precision: 2 / 3,
      strings: 0.5,
      digitErrors: 1 / 6,
      falseBlank: 0,
      falseWriting: 1,
      bySource: { a: { right: 2, of: 3 }, b: { right: 1, of: 1 } },
    });
  });
});

describe('editDistance', () => {
  for (const [a, b, distance] of [
    ['', '', 0],
    ['407', '407', 0],
    ['407', '', 3],
    ['407', '47', 1],
    ['407', '917', 2],
    ['12', '1023', 2],
  ] as const) {
    it(`is ${distance} between "${a}" and "${b}"`, () => {
      assert.equal(editDistance(a, b), distance);
    });
  }
});
