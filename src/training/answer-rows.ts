import type { Manifest } from '../model/bundle/manifest.ts'
import type { ForecasterOutputs, OutputName } from '../model/forecaster-outputs.ts'
import { outputWidths } from '../model/forecaster-outputs.ts'
import type { GraphSession } from './graph-engine.port.ts'
import { forecastRows } from './network/forecast-rows.ts'

type GoldenOutputs = Manifest['golden']['outputs']

/** What a serving graph says of windows [rows][steps × features], as golden vectors hold it. */
export async function answerRows(
  session: GraphSession,
  inputs: readonly (readonly number[])[],
  dims: readonly [steps: number, features: number],
  levelCount: number,
): Promise<GoldenOutputs> {
  return goldenOutputs(
    await forecastRows(session, Float32Array.from(inputs.flat()), inputs.length, dims),
    inputs.length,
    levelCount,
  )
}

/** Forecasts of `rows` windows, row by row. */
export function goldenOutputs(outputs: ForecasterOutputs, rows: number, levelCount: number): GoldenOutputs {
  const widths = outputWidths(levelCount)
  const rowsOf = (name: OutputName): number[][] =>
    Array.from({ length: rows }, (_, row) => [...outputs[name].subarray(row * widths[name], (row + 1) * widths[name])])
  return {
    mean: rowsOf('mean'),
    volatility: rowsOf('volatility'),
    quantiles: rowsOf('quantiles'),
    classes: rowsOf('classes'),
  }
}
