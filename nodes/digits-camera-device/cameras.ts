import { listCameras, type ListedCamera } from '../../lib/camera/list';

/** What the editor gets to show: the cameras, or why there are none. */
export interface CameraList {
  cameras: ListedCamera[];
  problem?: string;
}

/** The list that is being made, for all who ask meanwhile. */
const making = new Map<string, Promise<CameraList>>();

/** The cameras that a program finds. Never fails: what is wrong is in the answer. */
export function listOnce(program = ''): Promise<CameraList> {
  let answer = making.get(program);
  if (!answer) {
    answer = listCameras(program)
      .then(
        (cameras) => ({ cameras }),
        (error: unknown) => ({ cameras: [], problem: error instanceof Error ? error.message : String(error) }),
      )
      .finally(() => making.delete(program));
    making.set(program, answer);
  }
  return answer;
}
