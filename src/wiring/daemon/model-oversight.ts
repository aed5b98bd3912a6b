import type { Logger } from 'pino'
import { type FeatureStateFile, featureStateFile } from '../../adapters/state/feature-state-file.ts'
import { messageOf } from '../../core/errors.ts'
import type { InstrumentSymbol } from '../../core/instrument.ts'
import type { EpochMs } from '../../core/units.ts'
import type { Forecaster } from '../../inference/forecaster.ts'
import type { OversightAlarm } from '../../inference/oversight/causes.ts'
import { createOversight, type Oversight } from '../../inference/oversight/oversight.ts'
import type { OversightSettings } from '../../inference/oversight/oversight-settings.ts'
import type { OversightStatus } from '../../inference/oversight/oversight-status.ts'

/** How much a crash may forget, milliseconds. */
const KEEP_MS = 60_000

export interface ModelOversightParts {
  readonly settings: OversightSettings
  readonly symbols: readonly InstrumentSymbol[]
  /** Where it is kept over restarts. */
  readonly path: string
  readonly log: Logger
  readonly file?: FeatureStateFile
  /** For `status`. */
  note?(status: OversightStatus): void
  /** In the middle of a decision: it must not throw, and what takes time it puts off. */
  onAlarm(alarm: OversightAlarm, modelId: string): void
}

/** Watches whichever model decides; another one is watched afresh. */
export interface ModelOversight {
  /** For the decider. */
  of(forecaster: Forecaster): Pick<Oversight, 'step'> | undefined
  /** After a decision. */
  onDecided(now: EpochMs): void
  keep(): void
  /** Undefined before the first bar. */
  status(): OversightStatus | undefined
}

export function modelOversight(parts: ModelOversightParts): ModelOversight {
  const { settings, symbols, path, log, file = featureStateFile(path) } = parts
  let watched: { readonly modelId: string; readonly oversight: Oversight } | undefined
  let keptAt = Number.NEGATIVE_INFINITY

  function begin({ modelId, nature, horizonBars, thresholdBps }: Forecaster): Oversight | undefined {
    if (!nature) return undefined
    const state = watched ? undefined : saved()
    const { levels, reference, featureNames, saysReturns } = nature
    const made = {
      settings: saysReturns ? settings : withoutOutcomes(settings),
      reference,
      modelId,
      horizonBars,
      levels,
      thresholdBps,
      symbols,
      featureNames,
    }
    try {
      return createOversight({ ...made, state })
    } catch (error) {
      log.warn({ error: messageOf(error) }, 'the state of oversight is damaged: it begins afresh')
      return createOversight(made)
    }
  }

  function saved(): unknown {
    try {
      return file.load()
    } catch (error) {
      log.warn({ error: messageOf(error) }, 'oversight of the model begins afresh')
      return undefined
    }
  }

  function keep(): void {
    try {
      if (!watched) return
      file.save(watched.oversight.state())
      parts.note?.(watched.oversight.status())
    } catch (error) {
      // It begins afresh after a restart: no reason to stop trading.
      log.warn({ error: messageOf(error) }, 'the state of oversight is not kept')
    }
  }

  return {
    of(forecaster) {
      if (watched?.modelId !== forecaster.modelId) {
        const oversight = begin(forecaster)
        watched = oversight && { modelId: forecaster.modelId, oversight }
      }
      if (!watched) return undefined
      const { oversight, modelId } = watched
      return {
        step(closed) {
          const adjustments = oversight.step(closed)
          for (const alarm of oversight.alarms) parts.onAlarm(alarm, modelId)
          return adjustments
        },
      }
    },
    onDecided(now) {
      // The clock may be put back.
      if (Math.abs(now - keptAt) < KEEP_MS) return
      keptAt = now
      keep()
    },
    keep,
    status: () => watched?.oversight.status(),
  }
}

/** Of a model whose forecasts are not of returns only the inputs can be watched. */
const withoutOutcomes = (settings: OversightSettings): OversightSettings => ({
  ...settings,
  conformal: { ...settings.conformal, enabled: false },
  coverage: { ...settings.coverage, does: [] },
  loss: { ...settings.loss, does: [] },
  change: { ...settings.change, does: [] },
})
