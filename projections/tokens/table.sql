-- Access tokens, by what is kept of their secrets.
CREATE TABLE tokens (
  token_id TEXT PRIMARY KEY,
  secret_hash TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  -- JSON: [{role, teams}], teams a list or "ALL".
  grants TEXT NOT NULL,
  created_at TEXT NOT NULL,
  expires_at TEXT,
  revoked_at TEXT,
  -- As it was recorded, once an hour at the most.
  last_used_at TEXT
) WITHOUT ROWID;
