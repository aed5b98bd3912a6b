import { createHash } from 'node:crypto'
import { InputError } from '../core/errors.ts'
import type { InstrumentSymbol } from '../core/instrument.ts'
import { LEVELS } from '../market/bar.ts'
import { barSpecText } from '../market/bar-spec.ts'
import type { HolidaysOf } from './calendar-features.ts'
import { type FeatureColumn, featureColumns } from './feature-columns.ts'
import type { FeatureParams } from './feature-definition.ts'
import { featureProblems } from './feature-problems.ts'
import { type FeatureSettings, type MissingSettings, RESET } from './feature-settings.ts'

/** Raise it when a change of code changes a value although every formula reads the same. */
export const CODE_VERSION = 1
/** The same for what is computed from candles alone. 2: longer timeframes have a high, a low and quotes of their own. */
const CANDLE_VERSION = 2

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
  readonly features: readonly FeatureColumn[]
  readonly names: readonly string[]
  /** Clean bars that the longest look-back needs, the one before its first return included. */
  readonly lookBack: number
  readonly settings: FeatureSettings
  /** Other instruments that the columns look at, each once. */
  readonly peers: readonly InstrumentSymbol[]
  /** The bars must carry the signature of their path. */
  readonly needsSignature: boolean
  /** What is hashed: for manifests and people. */
  readonly description: SchemaDescription
}

export interface SchemaDescription {
  readonly codeVersion: number
  /** Only where bars come from candles. */
  readonly candleVersion?: number
  readonly barMs: number
  readonly levels: number
  readonly features: readonly {
    readonly name: string
    readonly unit: string
    readonly formula: string
    readonly params: FeatureParams
  }[]
  /** Only where events close the bars, see `barSpec`. */
  readonly bars?: string
  /** Only where it is not `reset`. */
  readonly missing?: MissingSettings
}

/** `holidaysOf`: needed where the settings ask for holidays. Throws `InputError` that lists every setting that is not allowed. */
export function featureSchema(settings: FeatureSettings, holidaysOf?: HolidaysOf): FeatureSchema {
  const problems = featureProblems(settings)
  if (problems.length > 0) {
    const texts = problems.map(({ path, value, rule }) => `features.${path.join('.')} was ${value}; it must be ${rule}`)
    throw new InputError(texts.join('\n'), { problems })
  }
  const { barMs, eventBars, missing = RESET, barsFrom } = settings
  const features = featureColumns(settings, holidaysOf)
  const described = features.map(({ name, unit, formula, params }) => ({ name, unit, formula, params }))
  const rule = missing.rule === 'reset' ? {} : { missing: { rule: missing.rule, barsMax: missing.barsMax } }
  const bars = eventBars === undefined ? {} : { bars: barSpecText(eventBars) }
  const source = barsFrom === 'candles' ? { candleVersion: CANDLE_VERSION } : {}
  const description = {
    codeVersion: CODE_VERSION,
    barMs,
    levels: LEVELS,
    features: described,
    ...bars,
    ...source,
    ...rule,
  }
  return {
    hash: createHash('sha256').update(canonicalJson(description)).digest('hex'),
    features,
    names: features.map(({ name }) => name),
    lookBack: Math.max(...features.map(baseBars(barMs))) + 1,
    settings,
    peers: [...new Set(features.flatMap(({ peer }) => (peer === undefined ? [] : [peer])))],
    needsSignature: features.some(({ definition }) => definition.needsSignature === true),
    description,
  }
}

/** Bars that a look-back of another timeframe takes: the one under way when the run begins is lost, and each look-back sees one mid more. */
const baseBars =
  (barMs: number) =>
  ({ definition: { lookBack }, timeframeMs }: FeatureColumn): number => {
    const ratio = timeframeMs / barMs
    return ratio > 1 ? (lookBack + 2) * ratio : lookBack
  }

/** Keys in alphabetical order, no blanks: the same content gives the same text. */
function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonicalJson(item)}`).join(',')}}`
}
