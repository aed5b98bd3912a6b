import type { Logger } from 'pino'
import { type FeatureStateFile, featureStateFile } from '../../adapters/state/feature-state-file.ts'
import { InputError, messageOf } from '../../core/errors.ts'
import type { EpochMs } from '../../core/units.ts'
import type { Session } from '../session/session.ts'

/** How much a crash may forget; an orderly stop forgets nothing. Milliseconds. */
const KEEP_MS = 60_000

/** Keeps what the features remember over restarts. */
export interface FeatureKeeper {
  /** Makes the session with what was kept, or afresh when that does not fit (another model, another set of features). */
  restored<T>(make: (featureState: unknown) => T): { readonly made: T; readonly state: unknown }
  /** After a decision. */
  onDecided(session: Session, now: EpochMs): void
  keep(session: Session): void
}

export function featureKeeper(
  path: string,
  log: Logger,
  file: FeatureStateFile = featureStateFile(path),
): FeatureKeeper {
  let keptAt = Number.NEGATIVE_INFINITY
  const keep = (session: Session): void => {
    try {
      file.save(session.featureState())
    } catch (error) {
      // Features warm up again: no reason to stop trading.
      log.warn({ error: messageOf(error) }, 'the state of the features is not kept')
    }
  }
  return {
    restored(make) {
      try {
        const state = file.load()
        return { made: make(state), state }
      } catch (error) {
        if (!(error instanceof InputError)) throw error
        log.warn({ error: error.message }, 'features begin afresh')
        return { made: make(undefined), state: undefined }
      }
    },
    onDecided(session, now) {
      if (now - keptAt < KEEP_MS) return
      keptAt = now
      keep(session)
    },
    keep,
  }
}
