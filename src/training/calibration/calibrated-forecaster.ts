import { recalibratedOutputs } from '../../inference/calibration/recalibrate.ts'
import type { Recalibration } from '../../model/bundle/recalibration-schema.ts'
import { LEVELS } from '../../model/forecaster-outputs.ts'
import { type Dataset, subsetOf } from '../dataset.ts'
import type { FittedForecaster } from '../fitted-forecaster.ts'
import { forecastDataset } from '../forecast-dataset.ts'
import type { CalibrationSettings } from './calibration-settings.ts'
import { fitCalibration } from './fit-calibration.ts'

/** A model whose answers are corrected as a daemon would correct them. */
export interface CalibratedForecaster extends Pick<FittedForecaster, 'forecast'> {
  readonly recalibration: Recalibration
}

/** Corrects the answers of `fitted` by what came of them on `data`: recent rows that its fit has not seen, in any order. Deterministic. */
export async function calibratedForecaster(
  fitted: Pick<FittedForecaster, 'forecast' | 'calibration'>,
  data: Dataset,
  settings: CalibrationSettings,
): Promise<CalibratedForecaster> {
  const recent = inTimeOrder(data)
  const outcomes = {
    targetsBps: recent.targetsBps,
    levels: LEVELS,
    thresholdBps: fitted.calibration.thresholdBps,
    horizonBars: recent.shape.horizonBars,
  }
  const { recalibration } = fitCalibration(await forecastDataset(fitted, recent), outcomes, settings)
  return {
    recalibration,
    async forecast(inputs, rows) {
      return recalibratedOutputs(await fitted.forecast(inputs, rows), LEVELS, recalibration)
    },
  }
}

/** Rows stand instrument by instrument; what a later half confirms must be later. */
function inTimeOrder(data: Dataset): Dataset {
  const rows = Int32Array.from({ length: data.rows }, (_, row) => row)
  return subsetOf(
    data,
    rows.sort((a, b) => data.endAt[a]! - data.endAt[b]!),
  )
}
