-- Where events are, not what they say: that is read from the log.
CREATE TABLE history (
  position INTEGER PRIMARY KEY,
  event_id TEXT NOT NULL,
  stream TEXT NOT NULL,
  revision INTEGER NOT NULL,
  type TEXT NOT NULL,
  app_id TEXT,
  template_id TEXT,
  actor_id TEXT NOT NULL,
  recorded_at TEXT NOT NULL
);
CREATE INDEX history_by_app ON history (app_id, position) WHERE app_id IS NOT NULL;
CREATE INDEX history_by_template ON history (template_id, position) WHERE template_id IS NOT NULL;
CREATE INDEX history_by_type ON history (type, position);
CREATE INDEX history_by_actor ON history (actor_id, position);
CREATE INDEX history_by_time ON history (recorded_at, position);

-- How many events there are of each type and version: few rows, so that asking for those that nobody knows costs nothing.
CREATE TABLE history_types (
  type TEXT NOT NULL,
  schema_version INTEGER NOT NULL,
  events INTEGER NOT NULL,
  PRIMARY KEY (type, schema_version)
) WITHOUT ROWID;
