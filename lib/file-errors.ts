/** What the system calls an error, e.g. ENOENT; its text where it has no such name. */
export function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? String(error);
}

/** Why a folder cannot be read, to be put behind its name: "… does not exist". */
export function whyFolderUnreadable(error: unknown): string {
  switch (codeOf(error)) {
    case 'ENOENT':
      return 'does not exist';
    case 'ENOTDIR':
      return 'is no folder';
    case 'EACCES':
      return 'may not be read';
    default:
      return `cannot be read: ${error instanceof Error ? error.message : String(error)}`;
  }
}
