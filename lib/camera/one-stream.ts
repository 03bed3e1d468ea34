import type { CameraSettings } from './settings';
import type { Subscriber } from './subscriber';

/**
 * Settings that do not change what the camera does, or that one stream can serve in several ways; the quality is a case
 * of its own.
 */
const NOT_COMPARED = new Set<keyof CameraSettings>([
  'framerate',
  'kind',
  'pacing',
  'encoding',
  'settle',
  'timeout',
  'autofocusOnCapture',
  'quality',
]);

/** The setting in which what one wants cannot be served beside what the others want, if there is one. */
export function conflict(others: Subscriber[], { settings, quality }: Subscriber): string | undefined {
  const first = others.at(0);
  const differing = first && difference(first.settings, settings);
  // Who sets no quality takes any.
  const isOther = (other: number | undefined): boolean =>
    other !== undefined && quality !== undefined && other !== quality;
  return differing ?? (others.some((other) => isOther(other.quality)) ? 'quality' : undefined);
}

/** The settings with this quality in place of their own. */
export function withQuality(settings: CameraSettings, quality: number | undefined): CameraSettings {
  const changed = { ...settings };
  delete changed.quality;
  return quality === undefined ? changed : { ...changed, quality };
}

/** The first setting of the picture in which two differ. */
export function difference(one: CameraSettings, other: CameraSettings): string | undefined {
  const names = new Set([...Object.keys(one), ...Object.keys(other)] as (keyof CameraSettings)[]);
  const text = (value: unknown, name: keyof CameraSettings): string => JSON.stringify(value ?? neutral(name));
  return [...names].find((name) => !NOT_COMPARED.has(name) && text(one[name], name) !== text(other[name], name));
}

/** Settings that say what would be without them. */
function neutral(name: keyof CameraSettings): unknown {
  return { rotation: 0, hflip: false, vflip: false }[name as string];
}
