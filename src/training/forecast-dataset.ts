import type { ForecasterOutputs, OutputName } from '../model/forecaster-outputs.ts'
import type { Dataset } from './dataset.ts'
import type { FittedForecaster } from './fitted-forecaster.ts'
import type { WindowInputs } from './window-inputs.ts'
import { gather, rowParts } from './window-inputs.ts'

/** Windows that are forecast on at once. */
const BATCH = 512

/** Forecasts of every row of `data`; at most `batch` windows stand in memory at once. */
export async function forecastDataset(
  fitted: Pick<FittedForecaster, 'forecast'>,
  { inputs, rows }: Pick<Dataset, 'inputs' | 'rows'>,
  batch = BATCH,
): Promise<ForecasterOutputs> {
  const parts: ForecasterOutputs[] = []
  for (const chosen of rowParts(rows, batch)) parts.push(await fitted.forecast(gather(inputs, chosen), chosen.length))
  return joinedOutputs(parts)
}

/** Forecasts of every window by a forecaster that answers at once. */
export function forecastWindows(
  forecast: (windows: Float32Array, rows: number) => ForecasterOutputs,
  inputs: WindowInputs,
): ForecasterOutputs {
  const parts: ForecasterOutputs[] = []
  for (const chosen of rowParts(inputs.rows, BATCH)) parts.push(forecast(gather(inputs, chosen), chosen.length))
  return joinedOutputs(parts)
}

function joinedOutputs(parts: readonly ForecasterOutputs[]): ForecasterOutputs {
  const joined = (name: OutputName): Float32Array => {
    const whole = new Float32Array(parts.reduce((sum, part) => sum + part[name].length, 0))
    let at = 0
    for (const part of parts) {
      whole.set(part[name], at)
      at += part[name].length
    }
    return whole
  }
  return {
    mean: joined('mean'),
    volatility: joined('volatility'),
    quantiles: joined('quantiles'),
    classes: joined('classes'),
  }
}
