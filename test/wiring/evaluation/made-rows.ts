import type { Instrument } from '../../../src/core/instrument.ts'
import { normal, seededRandom } from '../../../src/core/random.ts'
import { type FeatureSchema, featureSchema } from '../../../src/features/feature-schema.ts'
import { demoMarkets } from '../../../src/simulation/exchange/demo-markets.ts'
import type { RowTable } from '../../../src/training/rows/row-table.ts'
import { loadConfig } from '../../../src/wiring/config/load-config.ts'
import type { TrainConfig } from '../../../src/wiring/config/schema.ts'
import type { TradingTerms } from '../../../src/wiring/evaluation/forecast-trader.ts'
import { tradingTerms } from '../../../src/wiring/evaluation/trading-terms.ts'

const loaded = loadConfig('config/truth.yaml')
if (loaded.mode !== 'train') throw new Error(`config/truth.yaml is of mode ${loaded.mode}`)
const { features: _, ...recipe } = loaded.trainer.recipe

/** The shipped truth test on a recipe that is fitted at once. */
export const CONFIG: TrainConfig = {
  ...loaded,
  trainer: {
    ...loaded.trainer,
    recipe: { ...recipe, steps: 2, horizonBars: 3 },
    gate: { ...loaded.trainer.gate, barsMin: 200, tradesMin: 10, resamples: 500 },
  },
}
export const NAMES = ['signal', 'noise', 'drift'] as const
/** A schema whose columns are made up: only names, hash and bar length are looked at. */
export const SCHEMA: FeatureSchema = {
  ...featureSchema({ barMs: 1_000, flowPeriods: [], returnPeriods: [1], volatilityPeriods: [2], volumePeriod: 2 }),
  names: NAMES,
}
export const START_AT = Date.UTC(2025, 0, 1)
export const INSTRUMENTS: readonly Instrument[] = demoMarkets(0).map(({ instrument }) => instrument)
export const TERMS: TradingTerms = tradingTerms(CONFIG, { instruments: INSTRUMENTS })

export interface MadeRows {
  readonly seed: number
  readonly rows: number
  /** How much of a bar's return the signal before it foretells, basis points; the noise is 3. */
  readonly edge?: number
  /** Bars that `noise` sees ahead; 0: none. */
  readonly look?: number
  readonly symbol?: string
  /** Rows that are missing. */
  readonly missing?: readonly number[]
}

/** A random walk whose next returns carry `edge` × `signal`. Quotes stand two ticks apart around the close. */
export function madeRows({
  seed,
  rows,
  edge = 0,
  look = 0,
  symbol = 'BTC/USDT:USDT',
  missing = [],
}: MadeRows): RowTable {
  const random = seededRandom(seed)
  const signals = Float64Array.from({ length: rows }, () => normal(random))
  let log = 0
  const logs = signals.map((_signal, row) => {
    log += edge * (signals[row - 1] ?? 0) + 3 * normal(random)
    return log
  })
  const at = Array.from({ length: rows }, (_row, row) => row).filter((row) => !missing.includes(row))
  const column = (of: (row: number) => number): Float64Array => Float64Array.from(at, of)
  const ticks = (row: number): number => Math.round(600_000 * Math.exp(logs[row]! / 10_000))
  const tickSize = Number(INSTRUMENTS.find((one) => one.symbol === symbol)!.tickSize)
  const open = (row: number): number => ticks(Math.max(0, row - 1)) * tickSize
  const close = (row: number): number => ticks(row) * tickSize
  return {
    ...{ symbol, featureNames: NAMES, schemaHash: SCHEMA.hash, barMs: 1_000, rows: at.length },
    startAt: column((row) => START_AT + row * 1_000),
    endAt: column((row) => START_AT + (row + 1) * 1_000),
    values: Float32Array.from(
      at.flatMap((row) => [
        signals[row]!,
        look > 0 ? (logs[row + look] ?? log) - logs[row]! : normal(random),
        Math.sin(row / 50),
      ]),
    ),
    ready: new Uint8Array(at.length).fill(1),
    tainted: new Uint8Array(at.length),
    open: column(open),
    high: column((row) => Math.max(open(row), close(row))),
    low: column((row) => Math.min(open(row), close(row))),
    close: column(close),
    volume: column(() => 1_000),
    bidTicks: column((row) => ticks(row) - 1),
    askTicks: column((row) => ticks(row) + 1),
    markPrice: column(close),
    fundingRate: column(() => Number.NaN),
    nextFundingAt: column(() => Number.NaN),
  }
}
