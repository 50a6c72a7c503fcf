import { Arg, Field, InputType } from 'type-graphql';
import { lastRecordedBy } from '../../../projections/history/queries.js';
import { Refusal } from '../../domain/errors.js';
import { BEFORE_FIRST, type Position } from '../../store/event-store.js';
import { reach, requirePosition, type RequestContext } from '../context.js';
import { AppliedNotVisibleError } from '../errors.js';
import { DateTimeScalar, PositionScalar } from '../scalars.js';

@InputType({ description: 'One of the two; time reads recordedAt.' })
export class AsOfInput {
  @Field(() => PositionScalar, { nullable: true, description: 'Everything up to here has happened, its event included.' })
  position?: string | null;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'Up to the last event that was recorded at this time or before it, and every event before it too.',
  })
  time?: string | null;
}

export const AS_OF = 'asOf';

/** The argument of a query that is answered, with everything beneath it, as of a moment: now, where it is not given. `answerInMoments` sees to it. */
export function AsOf(): ReturnType<typeof Arg> {
  return Arg(AS_OF, () => AsOfInput, { nullable: true });
}

/**
 * The position that a moment is at, once the read models have come to it.
 * @throws Refusal BAD_USER_INPUT where not one of the two is given; POSITION_UNKNOWN; PAST_TOO_LARGE; AppliedNotVisibleError.
 */
export async function positionOf(context: RequestContext, { position: text, time }: AsOfInput, path: string): Promise<Position> {
  const given = [text, time].filter((each) => each !== null && each !== undefined);
  if (given.length !== 1) throw new Refusal('BAD_USER_INPUT', `${path}: give a position or a time, one of the two`, { path });
  const { backend } = context;
  const position = typeof text === 'string' ? await requirePosition(backend, text) : await lastBy(context, Date.parse(time ?? ''));
  if (await reach(backend, position)) return position;
  const message = 'the read models have not come to this position yet: try again';
  throw new AppliedNotVisibleError(text ?? context.position, message);
}

/** History tells it as far as it has come; beyond that the log does. */
async function lastBy({ readModel, backend, past }: RequestContext, time: number): Promise<Position> {
  let position: Position = lastRecordedBy(readModel, time) ?? BEFORE_FIRST;
  for (;;) {
    const events = await backend.store.readAll({ after: position, limit: 100 });
    past.allowance.take(events.length);
    for (const event of events) {
      if (Date.parse(event.recordedAt) > time) return position;
      position = event.position;
    }
    if (events.length === 0) return position;
  }
}
