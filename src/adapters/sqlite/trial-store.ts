import type { Database } from 'better-sqlite3'
import { InputError } from '../../core/errors.ts'
import type { Report } from '../../training/search/trial.ts'
import type {
  RecordedTrial,
  StudyDefinition,
  TrialOutcome,
  TrialStart,
  TrialStore,
  TrialStudy,
} from '../../training/search/trial-store.port.ts'
import { openDatabase } from './open-database.ts'
import { TRIAL_STORE_FILE } from './trial-store-file.ts'
import { outcomeCells, returnsBlob, returnsIn, type TrialRow, trialOf } from './trial-store-rows.ts'

/** Processes that may end under a trial before it is given up: it may be the trial that ends them. */
const DEATHS_MAX = 3

/**
 * Opens the trainer's database at `path`, its one writer; `:memory:` keeps nothing. Trials that a dead process left running have failed
 * and are owed again, up to the third death. `at`: milliseconds since the epoch. Throws `InputError` as `openDatabase` does.
 */
export function openTrialStore(path: string, at: number): TrialStore {
  const { db, close } = openDatabase(path, TRIAL_STORE_FILE)
  db.prepare(`
    UPDATE trials SET state = 'failed', cause = 'its process ended', deaths = deaths + 1, owed = deaths + 1 < ${DEATHS_MAX},
      finished_at = max(@at, started_at) WHERE state = 'running'`).run({ at })
  return { study: studies(db, path), ...ofAll(db), close }
}

interface StudyRow extends Omit<StudyDefinition, 'name'> {
  readonly studyId: number
}

function studies(db: Database, path: string): TrialStore['study'] {
  const insert = db.prepare(`
    INSERT INTO studies (name, space_hash, data_hash, objective, created_at)
    VALUES (@name, @spaceHash, @dataHash, @objective, @at) ON CONFLICT (name) DO NOTHING`)
  const find = db.prepare<[string], StudyRow>(`
    SELECT study_id AS studyId, space_hash AS spaceHash, data_hash AS dataHash, objective FROM studies WHERE name = ?`)
  return (definition, at) => {
    insert.run({ ...definition, at })
    const row = find.get(definition.name)!
    requireSame(row, definition, path)
    return trialStudy(db, row)
  }
}

/** Trials of one study are compared with each other: all must have searched the same, on the same, for the same. */
function requireSame(row: StudyRow, definition: StudyDefinition, path: string): void {
  const names = { spaceHash: 'parameters', dataHash: 'data', objective: 'objective' } as const
  for (const [key, what] of Object.entries(names) as [keyof typeof names, string][]) {
    if (row[key] === definition[key]) continue
    throw new InputError(
      `study ${definition.name} in ${path} was begun with other ${what} (${row[key]}, not ${definition[key]}): give this one another name`,
      { path, study: definition.name, key },
    )
  }
}

function trialStudy(db: Database, { studyId, dataHash }: StudyRow): TrialStudy {
  const all = db.prepare<[number], TrialRow>(`
    SELECT number, params, seed, state, value, metrics, reports, cause, owed,
      EXISTS (SELECT 1 FROM trials AS later WHERE later.retry_of = trials.trial_id) AS again
    FROM trials WHERE study_id = ? AND state <> 'running' ORDER BY number`)
  const next = db
    .prepare<[number], number>(`SELECT coalesce(max(number) + 1, 0) FROM trials WHERE study_id = ?`)
    .pluck()
  const insert = db.prepare(`
    INSERT INTO trials (study_id, number, data_hash, params, seed, state, worker, started_at, retry_of, deaths)
    VALUES (@studyId, @number, @dataHash, @params, @seed, 'running', @worker, @at,
      (SELECT trial_id FROM trials WHERE study_id = @studyId AND number = @retryOf),
      coalesce((SELECT deaths FROM trials WHERE study_id = @studyId AND number = @retryOf), 0))`)
  const repay = db.prepare(`UPDATE trials SET owed = 0 WHERE study_id = @studyId AND number = @retryOf`)
  const update = db.prepare(`
    UPDATE trials SET state = @state, value = @value, metrics = @metrics, reports = @reports, returns = @returns, sharpe = @sharpe,
      cause = @cause, owed = @owed, finished_at = max(@at, started_at)
    WHERE study_id = @studyId AND number = @number`)
  const start = db.transaction(({ params, seed, worker, retryOf, at }: TrialStart): number => {
    const number = next.get(studyId)!
    const retried = retryOf ?? null
    const cells = { params: JSON.stringify(params), seed, worker: `${process.pid}/${worker}`, retryOf: retried, at }
    insert.run({ studyId, dataHash, number, ...cells })
    repay.run({ studyId, retryOf: retried })
    return number
  })
  return {
    get trials() {
      return all.all(studyId).map(trialOf)
    },
    start: (trial) => start.immediate(trial),
    finish(number: number, outcome: TrialOutcome, reports: readonly Report[], at: number) {
      update.run({ studyId, number, at, reports: JSON.stringify(reports), ...outcomeCells(outcome) })
    },
  }
}

/** What asks across studies. */
function ofAll(db: Database): Pick<TrialStore, 'recordTrial' | 'trialsOn' | 'returnsOn' | 'returnsOf'> {
  const record = db.prepare(`
    INSERT INTO trials (data_hash, params, seed, state, metrics, returns, sharpe, worker, started_at, finished_at)
    VALUES (@dataHash, @params, @seed, 'complete', @metrics, @returns, @sharpe, @worker, @startedAt, @finishedAt)`)
  // A trial that was cut short and its later attempts are one.
  const count = db
    .prepare<[string], number>(`
    SELECT count(*) FROM trials WHERE data_hash = ? AND state <> 'running' AND retry_of IS NULL`)
    .pluck()
  const sharpes = db
    .prepare<[string], number>(`SELECT sharpe FROM trials WHERE data_hash = ? AND sharpe IS NOT NULL ORDER BY trial_id`)
    .pluck()
  const onData = db
    .prepare<[string, number, number], Buffer>(`
    SELECT returns FROM trials WHERE data_hash = ? AND length(returns) = ? * 8 ORDER BY trial_id DESC LIMIT ?`)
    .pluck()
  const ofTrial = db
    .prepare<[string, number], Buffer | null>(`
    SELECT returns FROM trials JOIN studies USING (study_id) WHERE name = ? AND number = ?`)
    .pluck()
  return {
    recordTrial({ params, metrics, returns, ...trial }: RecordedTrial) {
      const cells = { params: JSON.stringify(params), metrics: JSON.stringify(metrics), returns: returnsBlob(returns) }
      record.run({ ...trial, ...cells, worker: String(process.pid) })
    },
    trialsOn: (dataHash) => ({ count: count.get(dataHash)!, sharpes: sharpes.all(dataHash) }),
    returnsOn: (dataHash, length, limit) => onData.all(dataHash, length, limit).map(returnsIn).reverse(),
    returnsOf: (study, number) => returnsIn(ofTrial.get(study, number) ?? null),
  }
}
