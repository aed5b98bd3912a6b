import { normal, type Random, seededRandom } from '../../../src/core/random.ts'
import { epochMs } from '../../../src/core/units.ts'
import type { FeatureWindow } from '../../../src/features/feature-row.ts'
import type { Forecast } from '../../../src/inference/forecast.ts'
import { createOversight, type Oversight, type OversightParts } from '../../../src/inference/oversight/oversight.ts'
import { oversightSettingsSchema } from '../../../src/inference/oversight/oversight-settings.ts'
import type { Taint } from '../../../src/market/bar.ts'
import { LEVELS } from '../../../src/model/forecaster-outputs.ts'
import { normalQuantile } from '../../../src/model/heads/normal-quantile.ts'
import { fitReference } from '../../../src/training/calibration/fit-reference.ts'
import { barOf } from '../../features/bars.ts'

export const SYMBOL = 'BTC/USDT:USDT'
export const FEATURES = 6
const Z = LEVELS.map(normalQuantile)

/** Standard normal features, 2,000 rows. */
export const reference = fitReference(
  { values: draws(2_000 * FEATURES, seededRandom(11)), rows: 2_000, features: FEATURES },
  seededRandom(12),
)

export function draws(count: number, random: Random): Float32Array {
  return Float32Array.from({ length: count }, () => normal(random))
}

/** A market whose one-bar return has `deviationBps`, beside forecasts that say `saidBps`. */
export interface Step {
  readonly deviationBps: number
  readonly saidBps: number
  readonly featureShift?: number
  readonly taints?: readonly Taint[]
  /** A bar is missing before this one. */
  readonly isAfterGap?: boolean
  readonly isSilent?: boolean
}

export const forecastOf = (saidBps: number, horizonBars = 1): Forecast => ({
  modelId: 'demo/1',
  provider: 'cpu',
  horizonBars,
  levels: LEVELS,
  quantilesBps: Z.map((z) => z * saidBps * Math.sqrt(horizonBars)),
  meanBps: 0,
  classes: [0.3, 0.4, 0.3],
  volatilityBps: saidBps * Math.sqrt(horizonBars),
  latencyMs: 0,
})

/** Settings that judge after 200 outcomes; a test names what it wants otherwise. */
export const settingsOf = (changed: object = {}) =>
  oversightSettingsSchema.parse({
    coverage: { windowBars: 200 },
    inputs: { windowRows: 500 },
    loss: { windowBars: 200, barsMin: 200 },
    ...changed,
  })

export const overseer = (changed: Partial<OversightParts> = {}): Oversight =>
  createOversight({
    settings: settingsOf(),
    reference,
    modelId: 'demo/1',
    horizonBars: 1,
    levels: LEVELS,
    thresholdBps: 4,
    symbols: [SYMBOL],
    featureNames: ['a', 'b', 'c', 'd', 'e', 'f'],
    ...changed,
  })

/** The bars of one instrument, one after another, with what the model says at each. */
export class World {
  readonly #random: Random
  readonly #horizonBars: number
  readonly #symbol: string
  #nth = 1
  #mid = 50_000

  constructor(seed: number, horizonBars = 1, symbol = SYMBOL) {
    this.#random = seededRandom(seed)
    this.#horizonBars = horizonBars
    this.#symbol = symbol
  }

  get mid(): number {
    return this.#mid
  }

  next(step: Step): { readonly window: FeatureWindow; readonly forecast: Forecast | undefined } {
    this.#nth += step.isAfterGap ? 2 : 1
    this.#mid *= Math.exp((step.deviationBps * normal(this.#random)) / 10_000)
    const { taints = [] } = step
    const bar = barOf(this.#nth, {
      symbol: this.#symbol,
      startAt: epochMs((this.#nth - 1) * 1_000),
      endAt: epochMs(this.#nth * 1_000),
      bidTicks: this.#mid - 1,
      askTicks: this.#mid + 1,
      taints,
    })
    const values = draws(FEATURES, this.#random).map((value) => value + (step.featureShift ?? 0))
    const ready = taints.length === 0
    const row = { bar, values, schemaHash: 'synthetic', ready }
    const forecast = ready && !step.isSilent ? forecastOf(step.saidBps, this.#horizonBars) : undefined
    return { window: { row, values, steps: 1, ready }, forecast }
  }
}
