import { ExplainedError } from '../errors';

/** How long a server may keep one waiting, milliseconds. */
export interface DownloadTimeouts {
  /** From the request to the head of the answer, redirections included. */
  answer: number;
  /** From one piece of the body to the next. */
  stall: number;
}

const TIMEOUTS: Readonly<DownloadTimeouts> = { answer: 20_000, stall: 20_000 };

export interface DownloadOptions {
  /** A body that turns out larger is refused, bytes. */
  maxBytes: number;
  signal?: AbortSignal | undefined;
  /** @param total bytes of the body, where the server tells */
  onProgress?: ((received: number, total: number | undefined) => void) | undefined;
  timeouts?: DownloadTimeouts | undefined;
}

/** A server did not give what was asked of it; the message says why, in a few words that follow on its address. */
export class DownloadError extends ExplainedError {
  override name = 'DownloadError';
}

/**
 * Fetches a file over HTTP into memory; redirections are followed.
 * @throws (rejects) DownloadError; the signal's reason where that is aborted
 */
export async function download(
  url: string,
  { maxBytes, signal, onProgress, timeouts = TIMEOUTS }: DownloadOptions,
): Promise<Buffer> {
  signal?.throwIfAborted();
  const own = new AbortController();
  const wait = (milliseconds: number, why: string): NodeJS.Timeout =>
    setTimeout(() => {
      own.abort(new DownloadError(`${why} for ${milliseconds / 1000} s`));
    }, milliseconds);
  let timer = wait(timeouts.answer, 'has not answered');
  try {
    const response = await fetch(url, { signal: signal ? AbortSignal.any([signal, own.signal]) : own.signal });
    if (!response.ok) throw new DownloadError(`answers ${response.status} ${response.statusText}`.trimEnd());
    if (/^text\/html\b/i.test(response.headers.get('content-type') ?? ''))
      throw new DownloadError('answers with a web page');
    clearTimeout(timer);
    timer = wait(timeouts.stall, 'has sent nothing');
    const total = lengthOf(response);
    const chunks: Uint8Array[] = [];
    let received = 0;
    for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
      timer.refresh();
      received += chunk.length;
      if (received > maxBytes) throw new DownloadError(`sends more than ${maxBytes} bytes`);
      chunks.push(chunk);
      onProgress?.(received, total);
    }
    return Buffer.concat(chunks);
  } catch (error) {
    signal?.throwIfAborted();
    throw error instanceof DownloadError ? error : new DownloadError(reasonOf(error as Error), { cause: error });
  } finally {
    clearTimeout(timer);
    // Ends the connection where the body has not been read to its end.
    own.abort();
  }
}

/** The length in the head is that of the packed body, where the server packs it once more. */
function lengthOf({ headers }: Response): number | undefined {
  const length = headers.get('content-length');
  return length === null || headers.has('content-encoding') ? undefined : Number(length);
}

const REASONS: Partial<Record<string, string>> = {
  ENOTFOUND: 'no such host, or no network',
  EAI_AGAIN: 'no such host, or no network',
  ENETUNREACH: 'no network',
  EHOSTUNREACH: 'the host cannot be reached',
  ECONNREFUSED: 'the host refuses the connection',
  ECONNRESET: 'the connection was cut off',
  ETIMEDOUT: 'the host does not answer',
  UND_ERR_CONNECT_TIMEOUT: 'the host does not answer',
  UND_ERR_SOCKET: 'the connection was cut off',
};

/** `fetch` hides what happened in the error's cause, or in the first of the causes for several addresses. */
function reasonOf({ message, cause }: Error): string {
  const { code, message: detail = message } = (cause ?? {}) as { code?: string; message?: string };
  const reason = code && REASONS[code];
  return reason ? `${reason} (${code})` : detail || message;
}
