import { setTimeout as delay } from 'node:timers/promises';
import type { CommandContext } from '../../commands/context.js';
import type { ToRelease } from '../../commands/publish.js';
import type { Position } from '../../store/event-store.js';
import { answered } from '../command.js';
import type { RequestContext } from '../context.js';
import { loadRelease, loadTemplate } from '../nodes.js';

/**
 * Runs a release and waits for it for a while; answers with the release as it stands then, at its last event so far. It goes on by itself if it
 * takes longer.
 */
export async function awaitRelease(context: RequestContext, command: CommandContext, to: ToRelease, started: Position): Promise<object> {
  const { backend } = context;
  const run = backend.releases.run(to, command);
  const waiting = new AbortController();
  await Promise.race([run, delay(backend.publishWaitMs, undefined, { signal: waiting.signal })]).finally(() => waiting.abort());
  const last = await backend.services.aggregates.lastOfRelease(to.templateId, to.releaseId);
  return releasePayload(context, to, Math.max(started, last));
}

export function releasePayload(context: RequestContext, to: ToRelease, position: Position): Promise<object> {
  return answered(context, position, async () => ({
    template: await loadTemplate(context, to.templateId),
    release: await loadRelease(context, to.releaseId),
  }));
}
