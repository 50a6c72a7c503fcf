CREATE TABLE apps (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  team TEXT NOT NULL,
  target TEXT NOT NULL,
  revision INTEGER NOT NULL,
  created_at TEXT NOT NULL,
  content TEXT,
  -- Of an app that is deleted nothing else is left than this row and those of its installations, which records name.
  deleted_at TEXT
) WITHOUT ROWID;
CREATE INDEX apps_by_name ON apps (name, id) WHERE deleted_at IS NULL;
CREATE INDEX apps_by_team ON apps (team, name, id) WHERE deleted_at IS NULL;

CREATE TABLE own_components (
  component_id TEXT PRIMARY KEY,
  app_id TEXT NOT NULL,
  key TEXT NOT NULL,
  digest TEXT NOT NULL,
  place INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX own_components_by_app ON own_components (app_id, place);

CREATE TABLE installations (
  id TEXT PRIMARY KEY,
  app_id TEXT NOT NULL,
  template_id TEXT NOT NULL,
  version TEXT NOT NULL,
  sort_key TEXT NOT NULL,
  -- The version that a partial upgrade has moved some components to.
  pending_version TEXT,
  content_patch TEXT,
  place INTEGER NOT NULL,
  -- The app's name, so that the apps that have a template are read in the order of their names.
  app_name TEXT NOT NULL,
  -- The app's.
  team TEXT NOT NULL,
  -- When it was uninstalled, or its app deleted.
  removed_at TEXT
) WITHOUT ROWID;
-- Also of those that are removed: whoever had a template installed goes on reading it.
CREATE INDEX installations_by_team ON installations (template_id, team, place, removed_at);
CREATE INDEX installations_by_app ON installations (app_id, place) WHERE removed_at IS NULL;
-- With the time of removal itself, so that counting them reads the index alone.
CREATE INDEX installations_by_template ON installations (template_id, place, removed_at) WHERE removed_at IS NULL;
CREATE INDEX installations_by_version ON installations (template_id, sort_key, place, removed_at) WHERE removed_at IS NULL;
CREATE INDEX apps_of_template ON installations (template_id, app_name, app_id, removed_at) WHERE removed_at IS NULL;
CREATE INDEX apps_of_version ON installations (template_id, sort_key, app_name, app_id, removed_at) WHERE removed_at IS NULL;

-- The versions that an installation is kept from since it was rolled back from them.
CREATE TABLE holds (
  installation_id TEXT NOT NULL,
  version TEXT NOT NULL,
  sort_key TEXT NOT NULL,
  reason TEXT,
  PRIMARY KEY (installation_id, version)
) WITHOUT ROWID;

CREATE TABLE overrides (
  installation_id TEXT NOT NULL,
  template_component_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  key TEXT,
  patch TEXT,
  base TEXT,
  version TEXT,
  mapped INTEGER,
  place INTEGER NOT NULL,
  PRIMARY KEY (installation_id, template_component_id)
) WITHOUT ROWID;

-- The last upgrade of an installation, where an integration carries it out and it did not succeed as a whole.
CREATE TABLE runs (
  installation_id TEXT PRIMARY KEY,
  upgrade_id TEXT NOT NULL,
  from_version TEXT NOT NULL,
  to_version TEXT NOT NULL,
  -- RUNNING, UNKNOWN or ENDED.
  status TEXT NOT NULL,
  lease_seconds INTEGER NOT NULL,
  lease_until TEXT NOT NULL,
  whole INTEGER NOT NULL,
  manifest TEXT NOT NULL,
  -- JSON, as the event has them.
  content TEXT,
  followers TEXT NOT NULL
) WITHOUT ROWID;

-- What it makes of each component, as JSON, and what was reported of it.
CREATE TABLE run_steps (
  installation_id TEXT NOT NULL,
  template_component_id TEXT NOT NULL,
  step TEXT NOT NULL,
  state TEXT,
  message TEXT,
  place INTEGER NOT NULL,
  PRIMARY KEY (installation_id, template_component_id)
) WITHOUT ROWID;
