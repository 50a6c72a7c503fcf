-- Webhooks that are there, and how their deliveries are.
CREATE TABLE webhooks (
  id TEXT PRIMARY KEY,
  team TEXT NOT NULL,
  url TEXT NOT NULL,
  description TEXT,
  -- JSON: a list, or null for all.
  types TEXT,
  app_id TEXT,
  template_id TEXT,
  disabled_reason TEXT,
  disabled_message TEXT,
  disabled_at TEXT,
  previous_secret_until TEXT,
  created_at TEXT NOT NULL,
  revision INTEGER NOT NULL,
  -- As clients see positions.
  position TEXT NOT NULL,
  -- The revision that told it to start from somewhere.
  started_at INTEGER NOT NULL,
  held_streams INTEGER NOT NULL,
  -- The earliest event that waits has done so since then.
  failing_since TEXT,
  -- That were ever made: numbers them.
  attempts INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX webhooks_by_team ON webhooks (team, id);

-- The last attempts of each webhook.
CREATE TABLE webhook_deliveries (
  id TEXT PRIMARY KEY,
  webhook_id TEXT NOT NULL,
  -- The number of the attempt.
  place INTEGER NOT NULL,
  kind TEXT NOT NULL,
  message_id TEXT NOT NULL,
  event_type TEXT,
  stream TEXT,
  revision INTEGER,
  position TEXT,
  attempt INTEGER NOT NULL,
  at TEXT NOT NULL,
  status INTEGER,
  problem TEXT,
  message TEXT
) WITHOUT ROWID;
CREATE INDEX webhook_deliveries_by_webhook ON webhook_deliveries (webhook_id, place);
