import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pictureSize } from '../pictures/decode';
import { isPictureFile, PICTURE_FILES } from '../pictures/picture-file';
import { CameraError } from './errors';
import { closedError } from './program-errors';
import { checkHold, type CameraSettings } from './settings';
import type { CapturedPicture, FrameSink, FrameSource, PictureSource, StreamRequest } from './source';
import { whyFolderUnreadable } from '../file-errors';

/** Largest file that is replayed, bytes. */
const MAX_BYTES = 96 * 2 ** 20;

/** 2.jpg comes before 10.jpg. */
const natural = new Intl.Collator('en', { numeric: true });

/** The demo frames that come with the package. */
export function demoFolder(): string {
  return join(__dirname, '../../../demo');
}

export interface ReplayOptions {
  /** Default: the demo frames. */
  folder?: string | undefined;
  /** Whether it begins again after the last picture, default true. */
  loop?: boolean | undefined;
  /** Of a stream: how long each picture is shown, frame after frame, seconds, 0 to 3600; default 0: one frame. */
  hold?: unknown;
}

/**
 * Pictures of a folder in the natural order of their names, as they are: settings change nothing. The folder is read
 * anew for each round, so that pictures may be added and taken away.
 */
export class ReplayFolder implements PictureSource, FrameSource {
  readonly isCamera = false;
  readonly folder: string;
  readonly loop: boolean;
  readonly hold: unknown;
  /** Names that are still to come in this round; undefined before the first. */
  private round: string[] | undefined;

  constructor({ folder = demoFolder(), loop = true, hold }: ReplayOptions = {}) {
    this.folder = folder;
    this.loop = loop;
    this.hold = hold;
  }

  async capture(_settings: CameraSettings, signal: AbortSignal): Promise<CapturedPicture> {
    const picture = (await this.fromRound()) ?? (await this.fromNewRound());
    if (signal.aborted) throw closedError();
    return picture;
  }

  /** The pictures as a stream, from the first one on; one that is damaged is counted and passed over. */
  async play({ framerate }: Pick<StreamRequest, 'framerate'>, sink: FrameSink, signal: AbortSignal): Promise<void> {
    const replay = new ReplayFolder(this);
    const interval = 1000 / framerate;
    const hold = checkHold(this.hold) * 1000;
    let picture: CapturedPicture | undefined;
    let since = 0;
    for (let due = performance.now(); ; due = Math.max(due + interval, performance.now())) {
      await sleep(due - performance.now(), undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      try {
        if (!picture || due - since >= hold - interval / 2) {
          picture = await replay.capture({}, signal);
          since = due;
        }
        sink.frame({ ...picture, at: Date.now() });
      } catch (error) {
        if (!(error instanceof CameraError) || (error.code !== 'damaged' && error.code !== 'too-large')) throw error;
        sink.dropped(1);
      }
    }
  }

  private async fromNewRound(): Promise<CapturedPicture> {
    if (this.round && !this.loop) {
      throw new CameraError('replay-ended', 'all pictures of the replay folder have been shown', {
        status: 'end of replay',
      });
    }
    this.round = await this.names();
    const picture = await this.fromRound();
    if (!picture) throw this.noPictures();
    return picture;
  }

  /** The round's next picture; files that have gone since the folder was read are skipped. */
  private async fromRound(): Promise<CapturedPicture | undefined> {
    for (let name = this.round?.shift(); name !== undefined; name = this.round?.shift()) {
      const picture = await this.read(name);
      if (picture) return picture;
    }
    return undefined;
  }

  private async names(): Promise<string[]> {
    let entries;
    try {
      entries = await readdir(this.folder, { withFileTypes: true });
    } catch (error) {
      throw new CameraError('no-folder', `the replay folder ${this.folder} ${whyFolderUnreadable(error)}`, {
        status: 'no replay folder',
        hint: "Check its path in the camera's settings.",
        cause: error,
      });
    }
    const names = entries
      .filter((entry) => !entry.isDirectory() && !entry.name.startsWith('.') && isPictureFile(entry.name))
      .map((entry) => entry.name)
      .sort(natural.compare);
    if (names.length === 0) throw this.noPictures();
    return names;
  }

  private noPictures(): CameraError {
    const extensions = PICTURE_FILES.join(', ');
    return new CameraError('no-pictures', `there is no picture in the replay folder ${this.folder}`, {
      status: 'no pictures',
      hint: `Expected files of the kinds ${extensions}.`,
    });
  }

  private async read(name: string): Promise<CapturedPicture | undefined> {
    const path = join(this.folder, name);
    try {
      const status = await stat(path);
      const { size } = status;
      // A pipe or a device would never end.
      if (!status.isFile()) return undefined;
      if (size > MAX_BYTES)
        throw new CameraError(
          'too-large',
          `expected a picture of at most ${MAX_BYTES / 2 ** 20} MB, got ${Math.ceil(size / 2 ** 20)} MB in ${path}`,
          { status: 'picture too large' },
        );
      const image = await readFile(path);
      const { width, height } = await pictureSize(image);
      return { image, source: name, width, height, at: Date.now() };
    } catch (error) {
      if (error instanceof CameraError) throw error;
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw new CameraError('damaged', `${path} is no picture that can be read: ${(error as Error).message}`, {
        status: 'picture damaged',
        cause: error,
      });
    }
  }
}
