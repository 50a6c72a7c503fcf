import { setTimeout as delay } from 'node:timers/promises';
import type { ToRelease } from '../../commands/publish.js';
import type { Position } from '../../store/event-store.js';
import type { RequestContext } from '../context.js';
import { loadRelease, loadTemplate } from '../nodes.js';

/** Runs a release and waits for it for a while; answers with the release as it stands then. It goes on by itself if it takes longer. */
export async function awaitRelease(context: RequestContext, to: ToRelease, started: Position): Promise<object> {
  const { backend, command } = context;
  const run = backend.releases.run(to, command);
  const waiting = new AbortController();
  const finished = await Promise.race([run, delay(backend.publishWaitMs, undefined, { signal: waiting.signal })]).finally(() =>
    waiting.abort(),
  );
  const position = await context.written(finished ?? started);
  return { template: await loadTemplate(context, to.templateId), release: await loadRelease(context, to.releaseId), position };
}
