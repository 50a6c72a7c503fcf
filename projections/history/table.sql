-- Where events are in the log, by what they are asked for; what they say is read from the log.
CREATE TABLE history (
  position INTEGER PRIMARY KEY,
  type TEXT NOT NULL,
  app_id TEXT,
  template_id TEXT,
  -- As `Audience` has it, and the team whose reader one has to be, where there is one; of a release from an app of another team, that one, too.
  audience TEXT NOT NULL,
  team TEXT,
  other_team TEXT,
  actor_id TEXT NOT NULL,
  -- Milliseconds since 1970.
  recorded_at INTEGER NOT NULL,
  -- The latest time of recording up to here, itself included: clocks may be set back, and this never goes back.
  latest_at INTEGER NOT NULL
);
CREATE INDEX history_by_app ON history (app_id, position) WHERE app_id IS NOT NULL;
CREATE INDEX history_by_template ON history (template_id, position) WHERE template_id IS NOT NULL;
CREATE INDEX history_by_team ON history (team, position) WHERE team IS NOT NULL;
CREATE INDEX history_of_templates ON history (position) WHERE audience = 'TEMPLATE';
CREATE INDEX history_by_type ON history (type, position);
CREATE INDEX history_by_actor ON history (actor_id, position);
CREATE INDEX history_by_time ON history (recorded_at, position);

-- The teams of apps and templates, by their streams: also of those that are deleted.
CREATE TABLE history_teams (
  stream TEXT PRIMARY KEY,
  team TEXT NOT NULL
) WITHOUT ROWID;

-- How many events there are that this program cannot read, of each type and version.
CREATE TABLE unknown_events (
  type TEXT NOT NULL,
  schema_version INTEGER NOT NULL,
  events INTEGER NOT NULL,
  PRIMARY KEY (type, schema_version)
) WITHOUT ROWID;
