import { describe } from '../pictures/picture';
import { parseLabel, SamplesError } from './labels';

/** What may be asked of the samples, beside keeping some. */
export type SamplesCommand =
  | { kind: 'count' }
  | { kind: 'list'; label: string | undefined; limit: number }
  | { kind: 'relabel'; ids: unknown[]; label: string }
  | { kind: 'delete'; ids: unknown[] };

/** Samples that are listed at most, unless told otherwise. */
const LIMIT = 100;

const EXPECTED = 'expected "count", "list", { list: label, limit }, { relabel: id, label } or { delete: id }';

/**
 * The command that somebody sends; undefined where it is none.
 * @throws SamplesError for a command that is incomplete
 */
export function parseCommand(payload: unknown): SamplesCommand | undefined {
  if (payload === 'count') return { kind: 'count' };
  if (payload === 'list') return { kind: 'list', label: undefined, limit: LIMIT };
  if (typeof payload !== 'object' || payload === null) return undefined;
  const { list, relabel, limit = LIMIT, label, ...rest } = payload as Record<string, unknown>;
  if (list !== undefined) {
    if (!(Number.isInteger(limit) && (limit as number) > 0))
      throw new SamplesError(
        `${EXPECTED}, whose limit is a whole number above 0, got ${describe(limit)}`,
        'bad-request',
        'bad limit',
      );
    return {
      kind: 'list',
      label: list === 'all' || list === true ? undefined : parseLabel(list),
      limit: limit as number,
    };
  }
  if (relabel !== undefined) return { kind: 'relabel', ids: idsOf(relabel), label: parseLabel(label) };
  if (rest.delete !== undefined) return { kind: 'delete', ids: idsOf(rest.delete) };
  return undefined;
}

function idsOf(value: unknown): unknown[] {
  const ids: unknown[] = Array.isArray(value) ? value : [value];
  for (const id of ids)
    if (typeof id !== 'string')
      throw new SamplesError(`${EXPECTED}, whose id is a string, got ${describe(id)}`, 'bad-request', 'bad id');
  return ids;
}
