import type { CameraSettings } from './settings';

/** Enough for exposure and white balance to find their values, milliseconds. */
export const DEFAULT_SETTLE = 500;

/** Of a live stream, pixels; the camera program's own. */
export const DEFAULT_VIDEO_SIZE = { width: 640, height: 480 };

/** What is asked of the video program. */
export interface VideoRequest {
  codec: 'mjpeg' | 'yuv420';
  /** Frames a second. */
  framerate: number;
}

/**
 * The arguments with which rpicam-still, or libcamera-still, takes one picture and writes it to its stdout.
 *
 * `--thumb none`: the EXIF thumbnail is a JPEG inside the JPEG.
 */
export function stillArguments(camera: number, settings: CameraSettings): string[] {
  const { encoding = 'jpg', settle = DEFAULT_SETTLE, autofocusOnCapture = false } = settings;
  const args = ['-o', '-', '-e', encoding, '--thumb', 'none', '-n', '--camera', String(camera)];
  // Taken at once, a picture would not wait for the lens.
  if (settle === 0 && !autofocusOnCapture) args.push('--immediate');
  else args.push('-t', String(Math.max(1, settle)));
  args.push(...pictureArguments(settings));
  if (autofocusOnCapture) args.push('--autofocus-on-capture');
  return args;
}

/**
 * The arguments with which rpicam-vid, or libcamera-vid, writes frames to its stdout until it is ended.
 *
 * `--flush`: the tail of a frame would wait for the next one. `--verbose`: it tells how many bytes each raw frame has.
 */
export function videoArguments(camera: number, settings: CameraSettings, { codec, framerate }: VideoRequest): string[] {
  return [
    '-t',
    '0',
    '-o',
    '-',
    '--codec',
    codec,
    '--flush',
    ...(codec === 'yuv420' ? ['--verbose'] : []),
    '-n',
    '--camera',
    String(camera),
    `--framerate=${framerate}`,
    ...pictureArguments({ ...DEFAULT_VIDEO_SIZE, ...settings }),
  ];
}

/**
 * Quarter turns are left out, since the programs refuse them. Values are joined by `=`, for a negative one would be
 * taken for an option.
 */
function pictureArguments(settings: CameraSettings): string[] {
  const args: string[] = [];
  const add = (option: string, value: string | number | undefined): void => {
    if (value !== undefined) args.push(`--${option}=${value}`);
  };
  add('width', settings.width);
  add('height', settings.height);
  add('quality', settings.quality);
  if (settings.hflip) args.push('--hflip');
  if (settings.vflip) args.push('--vflip');
  if (settings.rotation === 180) add('rotation', 180);
  add('roi', settings.roi?.join(','));
  add('shutter', settings.shutter);
  add('gain', settings.gain);
  add('ev', settings.ev);
  add('metering', settings.metering);
  add('exposure', settings.exposure);
  add('awb', settings.awb);
  add('awbgains', settings.awbgains?.join(','));
  add('brightness', settings.brightness);
  add('contrast', settings.contrast);
  add('saturation', settings.saturation);
  add('sharpness', settings.sharpness);
  add('denoise', settings.denoise);
  add('autofocus-mode', settings.autofocusMode);
  add('lens-position', settings.lensPosition);
  return args;
}
