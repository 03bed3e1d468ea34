import { extname } from 'node:path';

/** The kinds of files that are taken for pictures in a folder, by their extensions. */
export const PICTURE_FILES: readonly string[] = ['jpg', 'jpeg', 'png', 'webp', 'tif', 'tiff', 'gif', 'avif'];

/** Whether a file's name ends as a picture's does. */
export function isPictureFile(name: string): boolean {
  return PICTURE_FILES.includes(extname(name).slice(1).toLowerCase());
}
