import type { EpochMs } from '../../core/units.ts'
import type { AheadForecaster } from '../../inference/forecaster.ts'
import type { BacktestModels } from './backtest.ts'
import type { WalkForward, WalkForwardSettings } from './walk-forward.ts'

/** One model for all bars. */
export function fixedModel(forecaster: AheadForecaster): BacktestModels {
  let isNew = true
  return {
    steps: forecaster.steps,
    horizonBars: forecaster.horizonBars,
    thresholdBps: () => forecaster.thresholdBps,
    begin: () => undefined,
    isDue: () => isNew,
    next() {
      isNew = false
      return Promise.resolve(forecaster)
    },
    release: () => forecaster.release(),
  }
}

/** Models as they would have been made while time went by; the one before is released when the next is there. */
export function walkingModels(walk: WalkForward, { steps, horizonBars }: WalkForwardSettings): BacktestModels {
  const thresholds = new Map<string, number>()
  let serving: AheadForecaster | undefined
  return {
    steps,
    horizonBars,
    thresholdBps: (modelId) => thresholds.get(modelId) ?? 0,
    begin: (startAt) => walk.begin(startAt),
    isDue: (startAt) => walk.isDue(startAt),
    async next(at: EpochMs) {
      const model = await walk.fit(at)
      thresholds.set(model.modelId, model.thresholdBps)
      await serving?.release()
      serving = model
      return model
    },
    remember: (windows) => walk.remember(windows),
    async release() {
      await serving?.release()
    },
  }
}
