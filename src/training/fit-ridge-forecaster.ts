import { LEVELS } from '../model/forecaster-outputs.ts'
import { ridgeForecast } from '../model/ridge-forecast.ts'
import { RIDGE_FORECASTER, ridgeForecasterGraph } from '../model/ridge-forecaster.ts'
import { fitRidge, TRIALS } from './fit-ridge.ts'
import type { FitForecaster } from './fitted-forecaster.ts'

/** The closed-form model: nothing is trained, everything is solved. */
export const fitRidgeForecaster: FitForecaster = (data, split) => {
  const { model, deviationBps, penalties } = fitRidge(data, split)
  const { clip, residualQuantiles, classScale, thresholdBps } = model
  return Promise.resolve({
    architecture: {
      name: RIDGE_FORECASTER,
      parameters: { clip, meanPenalty: penalties.mean, logVolatilityPenalty: penalties.logVolatility },
    },
    versionPrefix: 'ridge',
    graph: ridgeForecasterGraph(model),
    calibration: { levels: [...LEVELS], residualQuantiles: [...residualQuantiles], classScale, thresholdBps },
    deviationBps,
    trials: TRIALS,
    forecast: (inputs, rows) => Promise.resolve(ridgeForecast(model, inputs, rows)),
  })
}
