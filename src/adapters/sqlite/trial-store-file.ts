import type { DatabaseKind } from './open-database.ts'
import { TRIAL_STORE_ID, TRIAL_STORE_MIGRATIONS } from './trial-store-schema.ts'

/** The trainer's database. */
export const TRIAL_STORE_FILE: DatabaseKind = {
  applicationId: TRIAL_STORE_ID,
  migrations: TRIAL_STORE_MIGRATIONS,
  damaged: (path, what) =>
    `trials ${path} are damaged (${what}): the file is left as it is; restore a backup, or move it away to count from nothing`,
  foreign: (path, id) => `${path} is no file of trials (application_id ${id}): name another file`,
  newer: (path, version) =>
    `trials ${path} have schema ${version}; this program knows up to ${TRIAL_STORE_MIGRATIONS.length}: run the version that wrote them`,
  inUse: (path, holder) =>
    `${path} is in use by process ${holder}: one trainer or search per file (wait for it, or name another file)`,
}
