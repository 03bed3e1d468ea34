import { describe } from '../pictures/picture';
import { FleetError } from './errors';

/** Longest name of a camera, characters. */
const LONGEST = 100;

/** Where jobs and readings go. A camera's name is percent-encoded, so that any name is one level of a topic. */
export interface Topics {
  job(camera: string): string;
  reading(camera: string): string;
  /** All jobs, shared among the readers of a group. */
  sharedJobs(group: string): string;
}

/**
 * @param prefix what all topics begin with, e.g. `digits` or `school/digits`
 * @throws FleetError where a prefix, a group or a camera's name cannot be used
 */
export function topicsBelow(prefix: string): Topics {
  if (!/^[^+#$/\0][^+#\0]*$/.test(prefix) || prefix.endsWith('/')) {
    throw new FleetError(`expected topics to begin with words such as digits or school/digits, without + and #, got ${describe(prefix)}`, 'bad topic');
  }
  return {
    job: (camera) => `${prefix}/jobs/${encoded(camera)}`,
    reading: (camera) => `${prefix}/readings/${encoded(camera)}`,
    sharedJobs: (group) => {
      if (!/^[^+#/\0]+$/.test(group)) throw new FleetError(`expected the name of a group of readers without /, + and #, got ${describe(group)}`, 'bad group');
      return `$share/${group}/${prefix}/jobs/+`;
    },
  };
}

function encoded(camera: string): string {
  checkCamera(camera);
  return encodeURIComponent(camera);
}

/** @throws FleetError */
export function checkCamera(camera: unknown): asserts camera is string {
  if (typeof camera !== 'string' || camera.trim() === '' || camera.length > LONGEST || /\p{Surrogate}/u.test(camera)) {
    throw new FleetError(`expected the name of a camera, 1 to ${LONGEST} characters, got ${describe(camera)}`, 'no camera name');
  }
}
