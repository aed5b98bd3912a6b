import type { ForecasterOutputs, OutputName } from '../../model/forecaster-outputs.ts'
import { INPUT_NAME, OUTPUT_NAMES } from '../../model/forecaster-outputs.ts'
import type { GraphSession } from '../graph-engine.port.ts'

/** Windows in one run. */
const BATCH = 256

/** What a serving graph says of `rows` windows: `inputs` [rows, steps, features]. */
export async function forecastRows(
  session: GraphSession,
  inputs: Float32Array,
  rows: number,
  [steps, features]: readonly [number, number],
): Promise<ForecasterOutputs> {
  const width = steps * features
  const parts: Record<OutputName, Float32Array[]> = { mean: [], volatility: [], quantiles: [], classes: [] }
  for (let from = 0; from < rows; from += BATCH) {
    const to = Math.min(rows, from + BATCH)
    const data = inputs.slice(from * width, to * width)
    const answer = await session.run({ [INPUT_NAME]: { dims: [to - from, steps, features], data } })
    for (const name of OUTPUT_NAMES) parts[name].push(answer[name]!.data)
  }
  return {
    mean: joined(parts.mean),
    volatility: joined(parts.volatility),
    quantiles: joined(parts.quantiles),
    classes: joined(parts.classes),
  }
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}
