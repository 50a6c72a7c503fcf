-- Where values are bound: secrets, and what was generated. The values themselves, sealed, are in the log alone.
CREATE TABLE bindings (
  component_id TEXT NOT NULL,
  path TEXT NOT NULL,
  app_id TEXT NOT NULL,
  -- Of an installed component.
  installation_id TEXT,
  PRIMARY KEY (component_id, path)
) WITHOUT ROWID;
CREATE INDEX bindings_by_app ON bindings (app_id);
CREATE INDEX bindings_by_installation ON bindings (installation_id) WHERE installation_id IS NOT NULL;
