/** The tables, as an ordered list of migrations; `user_version` counts those applied. Append, never edit. */
export const migrations: readonly string[] = [
  `
  CREATE TABLE dataset (
    id TEXT PRIMARY KEY,
    imported_at INTEGER NOT NULL,
    record TEXT NOT NULL
  ) STRICT;

  CREATE TABLE model (
    id TEXT PRIMARY KEY,
    updated_at INTEGER NOT NULL,
    document TEXT NOT NULL
  ) STRICT;

  CREATE TABLE run (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    status TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    ended_at INTEGER,
    dataset_id TEXT NOT NULL,
    dataset_name TEXT NOT NULL,
    model_name TEXT NOT NULL,
    config TEXT NOT NULL,
    document TEXT NOT NULL,
    engine TEXT NOT NULL,
    parameters INTEGER NOT NULL,
    epochs_done INTEGER NOT NULL DEFAULT 0,
    steps INTEGER NOT NULL DEFAULT 0,
    seconds REAL NOT NULL DEFAULT 0,
    samples_per_second REAL NOT NULL DEFAULT 0,
    checkpoint TEXT,
    error TEXT
  ) STRICT;

  CREATE TABLE metric (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
  ) STRICT;

  CREATE TABLE point (
    run_id INTEGER NOT NULL REFERENCES run(id) ON DELETE CASCADE,
    metric_id INTEGER NOT NULL REFERENCES metric(id),
    step INTEGER NOT NULL,
    value REAL NOT NULL,
    epoch REAL NOT NULL,
    seconds REAL NOT NULL,
    PRIMARY KEY (run_id, metric_id, step)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE summary (
    run_id INTEGER NOT NULL REFERENCES run(id) ON DELETE CASCADE,
    metric_id INTEGER NOT NULL REFERENCES metric(id),
    last REAL NOT NULL,
    min REAL NOT NULL,
    max REAL NOT NULL,
    min_step INTEGER NOT NULL,
    max_step INTEGER NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (run_id, metric_id)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE event (
    id INTEGER PRIMARY KEY,
    run_id INTEGER NOT NULL REFERENCES run(id) ON DELETE CASCADE,
    step INTEGER NOT NULL,
    kind TEXT NOT NULL,
    note TEXT NOT NULL
  ) STRICT;
  CREATE INDEX event_by_run ON event(run_id, step);
  `,
  // Levels of the points, see levels.ts; those of runs that are there already are made from their points.
  `
  CREATE TABLE level (
    run_id INTEGER NOT NULL REFERENCES run(id) ON DELETE CASCADE,
    metric_id INTEGER NOT NULL REFERENCES metric(id),
    size INTEGER NOT NULL,
    start INTEGER NOT NULL,
    step INTEGER NOT NULL,
    last_step INTEGER NOT NULL,
    min REAL NOT NULL,
    max REAL NOT NULL,
    mean REAL NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (run_id, metric_id, size, start)
  ) STRICT, WITHOUT ROWID;

  INSERT INTO level
  SELECT run_id, metric_id, size, step / size * size, min(step), max(step), min(value), max(value), avg(value), count(*)
  FROM point, (SELECT 16 AS size UNION ALL SELECT 256 UNION ALL SELECT 4096)
  GROUP BY run_id, metric_id, size, step / size;
  `,
  // What probes measured: which layers a run has, a row of figures for each probe, and histograms.
  `
  CREATE TABLE probed_layers (
    run_id INTEGER PRIMARY KEY REFERENCES run(id) ON DELETE CASCADE,
    layers TEXT NOT NULL
  ) STRICT;

  CREATE TABLE probe (
    run_id INTEGER NOT NULL REFERENCES run(id) ON DELETE CASCADE,
    step INTEGER NOT NULL,
    epoch REAL NOT NULL,
    seconds REAL NOT NULL,
    figures BLOB NOT NULL,
    PRIMARY KEY (run_id, step)
  ) STRICT;

  CREATE TABLE histogram (
    run_id INTEGER NOT NULL REFERENCES run(id) ON DELETE CASCADE,
    node_id TEXT NOT NULL,
    part TEXT NOT NULL,
    step INTEGER NOT NULL,
    low REAL NOT NULL,
    high REAL NOT NULL,
    below INTEGER NOT NULL,
    above INTEGER NOT NULL,
    not_finite INTEGER NOT NULL,
    counts BLOB NOT NULL,
    PRIMARY KEY (run_id, node_id, part, step)
  ) STRICT;
  `,
  // Checkpoints, where a run came from, and why it halted.
  `
  ALTER TABLE run ADD COLUMN parent_id INTEGER;
  ALTER TABLE run ADD COLUMN parent_step INTEGER;
  ALTER TABLE run ADD COLUMN weights_sha256 TEXT;
  ALTER TABLE run ADD COLUMN not_finite TEXT;
  CREATE TABLE checkpoint (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    run_id INTEGER NOT NULL REFERENCES run(id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    step INTEGER NOT NULL,
    epoch REAL NOT NULL,
    path TEXT NOT NULL UNIQUE,
    metrics TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    weights_sha256 TEXT NOT NULL,
    next_batch_sha256 TEXT NOT NULL,
    config TEXT NOT NULL
  ) STRICT;
  CREATE INDEX checkpoint_by_run ON checkpoint(run_id, step);
  `,
  // What a person says of runs, the bin, runs of other tools, whole summaries, views of the table, sweeps, and when each
  // run last changed: a run that was deleted stays in changed_run, so that who follows the list hears of it.
  `
  ALTER TABLE run ADD COLUMN tags TEXT NOT NULL DEFAULT '[]';
  ALTER TABLE run ADD COLUMN note TEXT NOT NULL DEFAULT '';
  ALTER TABLE run ADD COLUMN group_name TEXT;
  ALTER TABLE run ADD COLUMN binned_at INTEGER;
  ALTER TABLE run ADD COLUMN origin TEXT;
  ALTER TABLE run ADD COLUMN sweep_id INTEGER;

  ALTER TABLE summary ADD COLUMN first REAL NOT NULL DEFAULT 0;
  ALTER TABLE summary ADD COLUMN first_step INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE summary ADD COLUMN last_step INTEGER NOT NULL DEFAULT 0;
  UPDATE summary SET
    first_step = (SELECT min(step) FROM point WHERE run_id = summary.run_id AND metric_id = summary.metric_id),
    last_step = (SELECT max(step) FROM point WHERE run_id = summary.run_id AND metric_id = summary.metric_id);
  UPDATE summary SET first = (
    SELECT value FROM point WHERE run_id = summary.run_id AND metric_id = summary.metric_id AND step = first_step);

  CREATE TABLE saved_view (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    updated_at INTEGER NOT NULL,
    view TEXT NOT NULL,
    is_default INTEGER NOT NULL DEFAULT 0
  ) STRICT;

  CREATE TABLE sweep (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    status TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    ended_at INTEGER,
    position REAL NOT NULL,
    remark TEXT,
    spec TEXT NOT NULL
  ) STRICT;

  CREATE TABLE trial (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    sweep_id INTEGER NOT NULL REFERENCES sweep(id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    status TEXT NOT NULL,
    choices TEXT NOT NULL,
    seed INTEGER NOT NULL,
    run_values TEXT NOT NULL DEFAULT '[]',
    error TEXT,
    run_id INTEGER REFERENCES run(id) ON DELETE SET NULL,
    UNIQUE (sweep_id, number)
  ) STRICT;

  CREATE TABLE prediction (
    run_id INTEGER NOT NULL REFERENCES run(id) ON DELETE CASCADE,
    split TEXT NOT NULL,
    kept TEXT NOT NULL,
    step INTEGER NOT NULL,
    head TEXT NOT NULL,
    columns BLOB NOT NULL,
    PRIMARY KEY (run_id, split, kept)
  ) STRICT;

  ALTER TABLE run ADD COLUMN architecture TEXT NOT NULL DEFAULT '';
  UPDATE run SET architecture = architecture_of(document);

  CREATE INDEX summary_by_metric ON summary(metric_id);

  CREATE TABLE changed_run (
    run_id INTEGER PRIMARY KEY,
    revision INTEGER NOT NULL UNIQUE
  ) STRICT;
  INSERT INTO changed_run SELECT id, id FROM run;
  CREATE TRIGGER run_inserted AFTER INSERT ON run BEGIN
    INSERT OR REPLACE INTO changed_run SELECT new.id, coalesce(max(revision), 0) + 1 FROM changed_run;
  END;
  CREATE TRIGGER run_updated AFTER UPDATE ON run BEGIN
    INSERT OR REPLACE INTO changed_run SELECT new.id, coalesce(max(revision), 0) + 1 FROM changed_run;
  END;
  CREATE TRIGGER run_deleted AFTER DELETE ON run BEGIN
    INSERT OR REPLACE INTO changed_run SELECT old.id, coalesce(max(revision), 0) + 1 FROM changed_run;
  END;

  INSERT INTO level
  SELECT run_id, metric_id, 64, start / 64 * 64, min(step), max(last_step), min(min), max(max),
    sum(mean * count) / sum(count), sum(count)
  FROM level WHERE size = 16 GROUP BY run_id, metric_id, start / 64;
  INSERT INTO level
  SELECT run_id, metric_id, 1024, start / 1024 * 1024, min(step), max(last_step), min(min), max(max),
    sum(mean * count) / sum(count), sum(count)
  FROM level WHERE size = 256 GROUP BY run_id, metric_id, start / 1024;
  `,
  // Files of metrics that are followed: how far each was read, and which runs its lines became. A row of a level has the
  // values of its last point, so that a chart looks up no point.
  `
  CREATE TABLE follow (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    path TEXT NOT NULL UNIQUE,
    active INTEGER NOT NULL
  ) STRICT;

  CREATE TABLE followed_file (
    follow_id INTEGER NOT NULL REFERENCES follow(id) ON DELETE CASCADE,
    path TEXT NOT NULL,
    position TEXT NOT NULL,
    runs TEXT NOT NULL,
    PRIMARY KEY (follow_id, path)
  ) STRICT, WITHOUT ROWID;

  ALTER TABLE level ADD COLUMN last REAL NOT NULL DEFAULT 0;
  ALTER TABLE level ADD COLUMN epoch REAL NOT NULL DEFAULT 0;
  ALTER TABLE level ADD COLUMN seconds REAL NOT NULL DEFAULT 0;
  UPDATE level SET last = point.value, epoch = point.epoch, seconds = point.seconds FROM point
  WHERE point.run_id = level.run_id AND point.metric_id = level.metric_id AND point.step = level.last_step;
  `,
]
