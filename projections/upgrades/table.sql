CREATE TABLE upgrades (
  id TEXT PRIMARY KEY,
  kind TEXT NOT NULL,
  app_id TEXT NOT NULL,
  installation_id TEXT NOT NULL,
  template_id TEXT NOT NULL,
  from_version TEXT NOT NULL,
  to_version TEXT NOT NULL,
  state TEXT NOT NULL,
  -- How it ended, whatever was rolled back since.
  outcome TEXT,
  started_at TEXT NOT NULL,
  finished_at TEXT,
  -- Until when an integration that carries it out must be heard of.
  lease_until TEXT,
  actor_id TEXT NOT NULL,
  actor_kind TEXT NOT NULL,
  reason TEXT,
  policy TEXT NOT NULL,
  resolutions TEXT NOT NULL,
  place INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX upgrades_by_app ON upgrades (app_id, place);
CREATE INDEX upgrades_by_installation ON upgrades (installation_id, place);

CREATE INDEX upgrades_by_lease ON upgrades (lease_until) WHERE state = 'RUNNING' AND lease_until IS NOT NULL;

CREATE TABLE upgrade_components (
  upgrade_id TEXT NOT NULL,
  -- The template component; empty for the app-level content.
  part TEXT NOT NULL,
  place INTEGER NOT NULL,
  component_id TEXT,
  template_component_id TEXT,
  key TEXT NOT NULL,
  previous_key TEXT,
  action TEXT NOT NULL,
  base TEXT,
  base_patch TEXT,
  target TEXT,
  target_patch TEXT,
  unrelated INTEGER,
  state TEXT NOT NULL,
  message TEXT,
  reported_at TEXT,
  PRIMARY KEY (upgrade_id, part)
) WITHOUT ROWID;
