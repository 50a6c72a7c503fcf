import { verifyLog } from '../audit/verify.js';
import type { EventStore } from '../store/event-store.js';
import { FAILED, OK, progressDone, progressOf, report, type ExitCode, type Terminal } from './command.js';

/** Walks the log and tells whether every event is as it was written. */
export async function verifyCommand(store: EventStore, terminal: Terminal, { json }: { json: boolean }): Promise<ExitCode> {
  const verification = await verifyLog(store, progressOf(terminal, 'checked'));
  progressDone(terminal);
  const { logId, events, streams, broken } = verification;
  const checked = `${events} events in ${streams} streams`;
  if (!broken) {
    await report(terminal, json, { ok: true, ...verification }, `Log ${logId} is whole: ${checked} checked.`);
    return OK;
  }
  const { stream, revision, position, eventId, problem } = broken;
  const where = `  stream ${stream}\n  revision ${revision}\n  position ${position}\n  event ${eventId}\n  ${problem}`;
  await report(terminal, json, { ok: false, ...verification }, `Log ${logId} is broken, after ${checked} that are right:\n${where}`);
  return FAILED;
}
