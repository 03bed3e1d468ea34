/** How far something is, for a status line: "fetching 42 %", or "fetching 3.1 MB" where the end is not known. */
export function progressText(doing: string, done: number, total: number | undefined): string {
  return total ? `${doing} ${Math.floor((100 * done) / total)} %` : `${doing} ${(done / 2 ** 20).toFixed(1)} MB`;
}
