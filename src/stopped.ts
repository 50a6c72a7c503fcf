/**
 * What a promise comes to, unless the signal comes first.
 * @throws the reason of the signal; what becomes of the promise is then nobody's concern.
 */
export async function unlessStopped<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise;
  const settled = new AbortController();
  const stopped = new Promise<never>((_resolve, reject) => {
    const stop = (): void => reject(signal.reason as Error);
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { signal: settled.signal });
  });
  try {
    return await Promise.race([stopped, promise]);
  } finally {
    settled.abort();
  }
}
