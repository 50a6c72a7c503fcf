/** How long a connection may outlive what it was let in with. */
const LOOK_EVERY_MS = 2_000;

/**
 * Tells soon after a client is not let in any more, once.
 * @param isLetIn never rejects.
 * @returns ends the watch.
 */
export function watch(isLetIn: () => Promise<boolean>, refuse: () => void): () => void {
  let asking = false;
  const look = async (): Promise<void> => {
    if (asking) return;
    asking = true;
    if (!(await isLetIn())) {
      end();
      refuse();
    }
    asking = false;
  };
  const timer = setInterval(() => void look(), LOOK_EVERY_MS);
  timer.unref();
  const end = (): void => clearInterval(timer);
  return end;
}
