import { fitBaselines } from '../baselines/fit-baselines.ts'
import type { Dataset } from '../dataset.ts'
import { subsetOf } from '../dataset.ts'
import type { FitForecaster } from '../fitted-forecaster.ts'
import { forecastDataset } from '../forecast-dataset.ts'
import type { Fold, FoldPlan } from '../splits/fold.ts'
import { type FoldFitOptions, withFoldFit } from './fit-fold.ts'
import type { FoldForecasts, OutOfSample } from './out-of-sample.ts'
import { outOfSample } from './out-of-sample.ts'
import { pastOf } from './past-rows.ts'

export interface WalkForwardOptions extends FoldFitOptions {
  /** See `fitBaselines`; absent: it is fitted. */
  readonly withLogistic?: boolean
  /** After each fold: how many are done of how many. */
  readonly onFold?: (done: number, of: number) => void
}

/**
 * Fits every fold's model and, on the same rows, the baselines, and forecasts its test rows: one record for each path of the plan. A fit
 * is given the fold's training and validation rows and no others, so that nothing it does with all its rows (scalers, principal
 * components, shuffling) can look into the test; what corrects its answers comes from the latest of the fold's training rows. Folds run
 * one after the other; at most one model is held.
 */
export async function walkForward(
  data: Dataset,
  plan: FoldPlan,
  fitForecaster: FitForecaster,
  options: WalkForwardOptions,
): Promise<readonly OutOfSample[]> {
  const done: FoldForecasts[] = []
  for (const fold of plan.folds) {
    done.push(await forecastFold(data, fold, fitForecaster, options))
    options.onFold?.(done.length, plan.folds.length)
  }
  return plan.paths.map((path) => outOfSample(done, path))
}

async function forecastFold(
  data: Dataset,
  { train, test }: Fold,
  fitForecaster: FitForecaster,
  options: WalkForwardOptions,
): Promise<FoldForecasts> {
  return await withFoldFit(data, train, fitForecaster, options, async ({ seen, split, fitted, calibrated }) => {
    const { thresholdBps } = fitted.calibration
    const model = await forecastDataset(calibrated, subsetOf(data, test))
    const baselines = fitBaselines(seen, split, thresholdBps, options.withLogistic)
    const past = pastOf(data, test)
    return {
      test,
      thresholdBps,
      trials: fitted.trials,
      forecasts: [
        { name: 'model', outputs: model },
        ...baselines.map(({ name, forecast }) => ({ name, outputs: past.pick(forecast(past.data)) })),
      ],
    }
  })
}
