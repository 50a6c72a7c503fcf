CREATE TABLE templates (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  team TEXT NOT NULL,
  -- TEAM or PUBLIC.
  visibility TEXT NOT NULL,
  source_app_id TEXT NOT NULL,
  created_at TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX templates_by_name ON templates (name, id);
CREATE INDEX templates_by_team ON templates (team, name, id);
CREATE INDEX templates_public ON templates (name, id) WHERE visibility = 'PUBLIC';
CREATE INDEX templates_by_source ON templates (source_app_id);

-- One publish run each; a version is one that was published. Its manifest is that of its parent with its difference; every so often it is kept
-- whole as a snapshot, so that few differences lie between a release and what it can be read from.
CREATE TABLE releases (
  id TEXT PRIMARY KEY,
  template_id TEXT NOT NULL,
  app_id TEXT NOT NULL,
  version TEXT NOT NULL,
  sort_key TEXT NOT NULL,
  based_on TEXT,
  -- Comparators, as written; null where it can be upgraded to from every smaller version.
  upgrade_from TEXT,
  parent_id TEXT,
  depth INTEGER NOT NULL,
  difference TEXT NOT NULL,
  snapshot TEXT,
  manifest TEXT,
  alias TEXT,
  notes TEXT,
  state TEXT NOT NULL,
  -- Of the version that it published: PUBLISHED, DEPRECATED or WITHDRAWN; null of what is no version.
  version_state TEXT,
  state_reason TEXT,
  started_at TEXT NOT NULL,
  finished_at TEXT,
  actor_id TEXT NOT NULL,
  actor_kind TEXT NOT NULL,
  published_by_id TEXT,
  published_by_kind TEXT,
  place INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX releases_by_template ON releases (template_id, place);
CREATE INDEX releases_by_app ON releases (app_id, place);
CREATE INDEX releases_unfinished ON releases (place) WHERE state = 'SYNCING';
CREATE UNIQUE INDEX versions_by_order ON releases (template_id, sort_key) WHERE state = 'PUBLISHED';
CREATE INDEX versions_offered ON releases (template_id, sort_key) WHERE version_state <> 'WITHDRAWN';
-- The two parts of those: most can be upgraded to from anywhere, and are found and counted (with what the condition names, so that the index alone
-- is read); the others are judged one by one.
CREATE INDEX versions_free ON releases (template_id, sort_key, version_state, upgrade_from)
  WHERE version_state <> 'WITHDRAWN' AND upgrade_from IS NULL;
CREATE INDEX versions_bounded ON releases (template_id, sort_key) WHERE version_state <> 'WITHDRAWN' AND upgrade_from IS NOT NULL;
CREATE INDEX versions_withdrawn ON releases (template_id, sort_key) WHERE version_state = 'WITHDRAWN';

CREATE TABLE sync_records (
  release_id TEXT NOT NULL,
  template_component_id TEXT NOT NULL,
  key TEXT NOT NULL,
  previous_key TEXT,
  change TEXT NOT NULL,
  state TEXT NOT NULL,
  before_digest TEXT,
  after_digest TEXT,
  synced_at TEXT,
  error TEXT,
  place INTEGER NOT NULL,
  PRIMARY KEY (release_id, template_component_id)
) WITHOUT ROWID;
