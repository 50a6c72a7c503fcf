CREATE TABLE apps (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  team TEXT NOT NULL,
  revision INTEGER NOT NULL,
  created_at TEXT NOT NULL,
  content TEXT
) WITHOUT ROWID;
CREATE INDEX apps_by_name ON apps (name, id);
CREATE INDEX apps_by_team ON apps (team, name, id);

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
  place INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX installations_by_app ON installations (app_id, place);
CREATE INDEX installations_by_template ON installations (template_id, place);
CREATE INDEX installations_by_version ON installations (template_id, sort_key, place);

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
  place INTEGER NOT NULL,
  PRIMARY KEY (installation_id, template_component_id)
) WITHOUT ROWID;
