import { Repeater, SlidingBuffer } from '@graphql-yoga/subscription';
import { Resolver, Root, Subscription } from 'type-graphql';
import type { VerificationStep } from '../../audit/history-verifier.js';
import type { Verification } from '../../audit/verify.js';
import { requireOverAll } from '../../commands/access.js';
import { encodePosition } from '../../store/position.js';
import { Allow } from '../allow.js';
import type { Backend, RequestContext } from '../context.js';
import { HistoryVerification, VerificationState } from './verification.types.js';

@Resolver()
export class VerificationResolver {
  @Allow('AUDIT')
  @Subscription(() => HistoryVerification, {
    description:
      'Walks the whole log, up to its end as of now, and checks every event and the signed checkpoints of this node, as `regraft verify` does: tells how far it is some times a second, and ends with what it found. One runs at a time: who asks meanwhile is told of that one. It stops when nobody is subscribed any more. Takes the permission over all teams.',
    subscribe: ({ context }: { context: RequestContext }) => {
      requireOverAll(context.principal, 'AUDIT');
      return followVerification(context.backend);
    },
  })
  verifyHistory(@Root() verification: HistoryVerification): HistoryVerification {
    return verification;
  }
}

/** A slow reader misses what lies between. */
function followVerification({ verifier, store: { logId } }: Backend): AsyncIterable<HistoryVerification> {
  return new Repeater<HistoryVerification>(async (push, stop) => {
    const leave = verifier.join((step) => {
      if (step.state === 'FAILED') return stop(step.error);
      void push(toVerification(logId, step));
      if (step.state === 'DONE') stop();
    });
    await stop;
    leave();
  }, new SlidingBuffer(1));
}

function toVerification(logId: string, step: Exclude<VerificationStep, { state: 'FAILED' }>): HistoryVerification {
  if (step.state === 'DONE') return toResult(logId, step.verification);
  const { events, progress } = step;
  return { state: VerificationState.RUNNING, progress, events, streams: null, proven: null, broken: null, brokenCheckpoint: null };
}

function toResult(logId: string, { events, streams, proven, broken, brokenCheckpoint }: Verification): HistoryVerification {
  return {
    state: broken || brokenCheckpoint ? VerificationState.BROKEN : VerificationState.WHOLE,
    progress: 1,
    events,
    streams,
    proven,
    broken: broken && {
      id: broken.eventId,
      stream: broken.stream,
      revision: broken.revision,
      position: encodePosition(logId, broken.position),
      problem: broken.problem,
    },
    brokenCheckpoint,
  };
}
