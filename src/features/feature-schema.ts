import { createHash } from 'node:crypto'
import { InputError } from '../core/errors.ts'
import { LEVELS } from '../market/bar.ts'
import type { FeatureDefinition } from './feature-definition.ts'
import {
  depthImbalance,
  microprice,
  ofiBest,
  ofiLevel,
  ofiLevels,
  queueImbalance,
  spread,
  timeOfDay,
  tradeImbalance,
  volumeSurprise,
} from './flow-features.ts'
import { logReturn, realisedVolatility } from './price-features.ts'

/** Raise it when a change of code changes a value although every formula reads the same. */
const CODE_VERSION = 1
/** Bars. Longer look-backs would keep more history per instrument than a bar pipeline should. */
const PERIOD_MAX = 1_000

export interface FeatureSettings {
  /** Length of a bar, milliseconds. */
  readonly barMs: number
  /** Bars over which flow is summed, beside the one-bar figures. */
  readonly flowPeriods: readonly number[]
  /** Bars per log-return. */
  readonly returnPeriods: readonly number[]
  /** Bars per realised volatility. */
  readonly volatilityPeriods: readonly number[]
  /** Bars of the mean volume. */
  readonly volumePeriod: number
}

/** Looks back five bars: one-second bars are ready within seven of a cold start. */
export const defaultFeatureSettings = (barMs: number): FeatureSettings => ({
  barMs,
  flowPeriods: [2, 5],
  returnPeriods: [1, 2, 5],
  volatilityPeriods: [3, 5],
  volumePeriod: 5,
})

/** Ordered columns and their identity. A model states the hash that it was trained with and runs on no other. */
export interface FeatureSchema {
  /** SHA-256, hexadecimal, over the canonical JSON of `description`. */
  readonly hash: string
  readonly features: readonly FeatureDefinition[]
  readonly names: readonly string[]
  /** Clean bars that the longest look-back needs, the one before its first return included. */
  readonly lookBack: number
  readonly settings: FeatureSettings
  /** What is hashed: for manifests and people. */
  readonly description: SchemaDescription
}

export interface SchemaDescription {
  readonly codeVersion: number
  readonly barMs: number
  readonly levels: number
  readonly features: readonly {
    readonly name: string
    readonly unit: string
    readonly formula: string
    readonly params: Readonly<Record<string, number>>
  }[]
}

/** Throws `InputError` for a period that is no whole number in [1, 1000], or stands twice. */
export function featureSchema(settings: FeatureSettings): FeatureSchema {
  validate(settings)
  const { barMs } = settings
  const features = columns(settings)
  const described = features.map(({ name, unit, formula, params }) => ({ name, unit, formula, params }))
  const description = { codeVersion: CODE_VERSION, barMs, levels: LEVELS, features: described }
  return {
    hash: createHash('sha256').update(canonicalJson(description)).digest('hex'),
    features,
    names: features.map(({ name }) => name),
    lookBack: Math.max(...features.map(({ lookBack }) => lookBack)) + 1,
    settings,
    description,
  }
}

const columns = (settings: FeatureSettings): readonly FeatureDefinition[] => [
  ofiBest(1),
  ...settings.flowPeriods.map(ofiBest),
  ...Array.from({ length: LEVELS }, (_, index) => ofiLevel(index + 1)),
  ofiLevels,
  tradeImbalance(1),
  ...settings.flowPeriods.map(tradeImbalance),
  spread,
  queueImbalance,
  depthImbalance,
  microprice,
  ...settings.returnPeriods.map(logReturn),
  ...settings.volatilityPeriods.map(realisedVolatility),
  volumeSurprise(settings.volumePeriod),
  timeOfDay('sin'),
  timeOfDay('cos'),
]

function validate(settings: FeatureSettings): void {
  const { barMs, flowPeriods, returnPeriods, volatilityPeriods, volumePeriod } = settings
  if (!(Number.isSafeInteger(barMs) && barMs >= 1)) refuse('barMs', barMs, 'a whole number of milliseconds, at least 1')
  const lists = { flowPeriods: [1, ...flowPeriods], returnPeriods, volatilityPeriods, volumePeriod: [volumePeriod] }
  for (const [key, periods] of Object.entries(lists)) {
    const bad = periods.find((bars) => !(Number.isSafeInteger(bars) && bars >= 1 && bars <= PERIOD_MAX))
    if (bad !== undefined) refuse(key, bad, `a whole number of bars from 1 to ${PERIOD_MAX}`)
    const twice = periods.find((bars, at) => periods.indexOf(bars) !== at)
    if (twice !== undefined) refuse(key, twice, 'each period once (1 is always among flowPeriods)')
  }
}

function refuse(key: string, value: number, rule: string): never {
  throw new InputError(`features.${key} was ${value}; it must be ${rule}`, { key, value })
}

/** Keys in alphabetical order, no blanks: the same content gives the same text. */
function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonicalJson(item)}`).join(',')}}`
}
