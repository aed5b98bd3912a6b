/** "TwTr": tells the trainer's files from any other SQLite database. */
export const TRIAL_STORE_ID = 0x54775472

/** Returns kept of a trial, bytes: 2,048 doubles. */
const RETURNS_BYTES_MAX = 16_384

/**
 * One entry per schema version, applied in order, each in one transaction with its `user_version`. Never edited once released.
 * Times: epoch ms with fraction (REAL).
 */
export const TRIAL_STORE_MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE studies (
    study_id   INTEGER PRIMARY KEY,
    name       TEXT NOT NULL UNIQUE CHECK (length(name) BETWEEN 1 AND 200),
    space_hash TEXT NOT NULL CHECK (length(space_hash) > 0),
    data_hash  TEXT NOT NULL CHECK (length(data_hash) > 0),
    objective  TEXT NOT NULL CHECK (json_valid(objective)),
    created_at REAL NOT NULL
  ) STRICT;

  -- Every trial ever run, those of studies and ordinary trainings.
  CREATE TABLE trials (
    trial_id    INTEGER PRIMARY KEY,
    study_id    INTEGER REFERENCES studies (study_id), -- NULL: an ordinary training
    number      INTEGER CHECK (number >= 0),           -- within its study, from 0
    data_hash   TEXT NOT NULL CHECK (length(data_hash) > 0),
    params      TEXT NOT NULL CHECK (json_valid(params)),
    seed        INTEGER NOT NULL CHECK (seed >= 0),
    state       TEXT NOT NULL CHECK (state IN ('running', 'complete', 'pruned', 'failed', 'infeasible')),
    value       REAL,                                  -- objective, greater is better
    metrics     TEXT CHECK (metrics IS NULL OR json_valid(metrics)),
    reports     TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(reports)), -- [[step, value], ...]: folds or epochs
    returns     BLOB CHECK (returns IS NULL OR (length(returns) BETWEEN 16 AND ${RETURNS_BYTES_MAX} AND length(returns) % 8 = 0)), -- doubles, little-endian, per period
    sharpe      REAL,                                  -- per period of returns
    cause       TEXT,                                  -- why it failed, or is infeasible
    deaths      INTEGER NOT NULL DEFAULT 0 CHECK (deaths >= 0), -- processes that ended under it, earlier attempts included
    owed        INTEGER NOT NULL DEFAULT 0 CHECK (owed IN (0, 1)), -- 1: cut short, to be run again
    retry_of    INTEGER UNIQUE REFERENCES trials (trial_id),
    worker      TEXT NOT NULL,                         -- process and worker of the search
    started_at  REAL NOT NULL,
    finished_at REAL CHECK (finished_at IS NULL OR finished_at >= started_at),
    UNIQUE (study_id, number),
    CHECK ((study_id IS NULL) = (number IS NULL)),
    CHECK ((state = 'running') = (finished_at IS NULL)),
    CHECK (value IS NULL OR state = 'complete'),
    CHECK (value IS NOT NULL OR state <> 'complete' OR study_id IS NULL),
    CHECK (metrics IS NOT NULL OR state NOT IN ('complete', 'infeasible')),
    CHECK (owed = 0 OR state = 'failed')
  ) STRICT;
  CREATE INDEX trials_by_data ON trials (data_hash);
  CREATE INDEX trials_running ON trials (state) WHERE state = 'running';
  CREATE TRIGGER keep_trial BEFORE DELETE ON trials BEGIN SELECT RAISE(ABORT, 'a trial counts for ever'); END;
  CREATE TRIGGER keep_result
    BEFORE UPDATE OF study_id, number, data_hash, params, seed, state, value, metrics, reports, returns, sharpe ON trials
    WHEN OLD.state <> 'running' BEGIN SELECT RAISE(ABORT, 'a finished trial never changes'); END;
  `,
]
