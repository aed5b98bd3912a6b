import { reservoir } from '../model/architectures/reservoir.ts'
import type { ReservoirSettings } from '../model/architectures/reservoir-matrices.ts'
import type { JsonObject } from '../model/bundle/plain-json.ts'
import { LEVELS } from '../model/forecaster-outputs.ts'
import { reservoirForecasterGraph } from '../model/reservoir-forecaster.ts'
import { TRIALS } from './fit-ridge.ts'
import type { FitForecaster } from './fitted-forecaster.ts'
import { fitReservoir, reservoirForecast } from './reservoir/fit-reservoir.ts'
import { deviationOf } from './scores.ts'
import { denseInputs } from './window-inputs.ts'

/** A fixed reservoir whose read-out is solved. */
export const reservoirFitter =
  (settings: Omit<ReservoirSettings, 'features'>): FitForecaster =>
  (data, split) => {
    const model = fitReservoir(data, split, settings)
    const { steps, scaler, readOut } = model
    const { residualQuantiles, classScale, thresholdBps } = readOut
    return Promise.resolve({
      architecture: { name: reservoir.name, parameters: { ...settings, readOut: 'ridge' } satisfies JsonObject },
      versionPrefix: reservoir.name,
      graph: reservoirForecasterGraph({ steps, scaler, settings, readOut }),
      calibration: { levels: [...LEVELS], residualQuantiles: [...residualQuantiles], classScale, thresholdBps },
      deviationBps: deviationOf(Float64Array.from(split.train, (row) => data.targetsBps[row]!)),
      trials: TRIALS,
      forecast: (inputs, rows) => Promise.resolve(reservoirForecast(model, denseInputs(inputs, inputs.length / rows))),
    })
  }
