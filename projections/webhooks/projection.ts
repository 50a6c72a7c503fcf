import { readFileSync } from 'node:fs';
import type { WebhookId } from '../../src/domain/ids.js';
import type { RecordedAttempt } from '../../src/domain/webhook/progress.js';
import type { WebhookSettings } from '../../src/domain/webhook/state.js';
import type { Projection, ReadModel } from '../../src/projector/projection.js';
import { handle, type Handlers } from '../typed-event.js';

/** Attempts that are kept of each webhook: the log has all of them. */
const KEPT = 1_000;

/** Which webhooks there are, how far they have come, and how their last deliveries went. */
export const webhooksProjection: Projection = {
  name: 'webhooks',
  readBack: true,
  version: 1,
  tables: readFileSync(new URL('./table.sql', import.meta.url), 'utf8'),
  apply(event, db) {
    if (event.stream.startsWith('webhook-')) {
      db.run('UPDATE webhooks SET revision = ? WHERE id = ?', event.revision, event.stream.slice('webhook-'.length));
    }
    handle(handlers, event, db);
  },
};

interface Attempt extends Pick<RecordedAttempt, 'at' | 'status' | 'problem' | 'message'> {
  readonly kind: 'EVENT' | 'REDELIVERY' | 'TEST';
  readonly messageId: string;
  readonly number: number;
  readonly of?: Pick<RecordedAttempt, 'eventType' | 'stream' | 'revision' | 'position'>;
}

const handlers: Handlers = {
  WebhookRegistered({ webhookId, team, after, ...settings }, { metadata, revision }, db) {
    db.run(
      `INSERT INTO webhooks (id, team, url, description, types, app_id, template_id, created_at, revision, position, started_at, held_streams, attempts)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0)`,
      webhookId,
      team,
      ...columnsOf(settings),
      metadata.occurredAt,
      revision,
      after,
      revision,
    );
  },
  WebhookChanged({ webhookId, ...settings }, _event, db) {
    const sql = 'UPDATE webhooks SET url = ?, description = ?, types = ?, app_id = ?, template_id = ? WHERE id = ?';
    db.run(sql, ...columnsOf(settings), webhookId);
  },
  WebhookSecretRotated({ webhookId, previousUntil }, _event, db) {
    db.run('UPDATE webhooks SET previous_secret_until = ? WHERE id = ?', previousUntil, webhookId);
  },
  WebhookEnabled({ webhookId }, _event, db) {
    db.run('UPDATE webhooks SET disabled_reason = NULL, disabled_message = NULL, disabled_at = NULL WHERE id = ?', webhookId);
  },
  WebhookDisabled({ webhookId, reason, message }, { metadata }, db) {
    const sql = 'UPDATE webhooks SET disabled_reason = ?, disabled_message = ?, disabled_at = ? WHERE id = ?';
    db.run(sql, reason, message ?? null, metadata.occurredAt, webhookId);
  },
  WebhookReplayed({ webhookId, after }, { revision }, db) {
    const sql = 'UPDATE webhooks SET position = ?, started_at = ?, held_streams = 0, failing_since = NULL WHERE id = ?';
    db.run(sql, after, revision, webhookId);
  },
  WebhookTested({ webhookId, messageId, ...outcome }, _event, db) {
    keep(db, webhookId, [{ ...outcome, kind: 'TEST', messageId, number: 1 }]);
  },
  WebhookRedelivered({ webhookId, eventId, ...outcome }, _event, db) {
    keep(db, webhookId, [{ ...outcome, kind: 'REDELIVERY', messageId: eventId, number: 1, of: outcome }]);
  },
  WebhookProgressed({ webhookId, webhookRevision, upTo, held, attempts }, _event, db) {
    const since = held.map((each) => each.since).sort()[0] ?? null;
    // What a delivery under way records after it was told to start elsewhere does not count.
    const sql = 'UPDATE webhooks SET position = ?, held_streams = ?, failing_since = ? WHERE id = ? AND started_at <= ?';
    db.run(sql, upTo, held.length, since, webhookId, webhookRevision);
    keep(
      db,
      webhookId,
      attempts.map((each) => ({ ...each, kind: 'EVENT', messageId: each.eventId, of: each })),
    );
  },
  WebhookRemoved({ webhookId }, _event, db) {
    db.run('DELETE FROM webhooks WHERE id = ?', webhookId);
    db.run('DELETE FROM webhook_deliveries WHERE webhook_id = ?', webhookId);
  },
};

function columnsOf({ url, description, types, appId, templateId }: WebhookSettings): (string | null)[] {
  return [url, description ?? null, types ? JSON.stringify(types) : null, appId ?? null, templateId ?? null];
}

/** Adds attempts, and drops the oldest beyond those that are kept. Of a webhook that is removed nothing is kept. */
function keep(db: ReadModel, webhookId: WebhookId, attempts: readonly Attempt[]): void {
  const made = db.get<{ attempts: number }>('SELECT attempts FROM webhooks WHERE id = ?', webhookId)?.attempts;
  if (made === undefined || attempts.length === 0) return;
  for (const [i, { kind, messageId, of, number, at, status, problem, message }] of attempts.entries()) {
    const place = made + i + 1;
    db.run(
      `INSERT INTO webhook_deliveries
         (id, webhook_id, place, kind, message_id, event_type, stream, revision, position, attempt, at, status, problem, message)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      `${webhookId}:${place}`,
      webhookId,
      place,
      kind,
      messageId,
      of?.eventType ?? null,
      of?.stream ?? null,
      of?.revision ?? null,
      of?.position ?? null,
      number,
      at,
      status ?? null,
      problem ?? null,
      message ?? null,
    );
  }
  const total = made + attempts.length;
  db.run('UPDATE webhooks SET attempts = ? WHERE id = ?', total, webhookId);
  db.run('DELETE FROM webhook_deliveries WHERE webhook_id = ? AND place <= ?', webhookId, total - KEPT);
}
