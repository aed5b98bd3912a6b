import { InvariantError } from '../core/errors.ts'
import type { InstrumentSymbol } from '../core/instrument.ts'
import { LEVELS } from '../market/bar.ts'
import { durationText } from '../market/bar-spec.ts'
import { calendarFeatures, type HolidaysOf } from './calendar-features.ts'
import { externalMask, externalValue } from './external-features.ts'
import type { FeatureDefinition, FeatureParams, FeatureUnitName } from './feature-definition.ts'
import { familyOf } from './feature-families.ts'
import { type FeatureSettings, type IndicatorSettings, RESET } from './feature-settings.ts'
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
import { missingMask } from './mask-features.ts'
import { logReturn, realisedVolatility } from './price-features.ts'
import { timeframeMs } from './timeframe.ts'

/** One column of a row: a feature of the row's own instrument or of a peer, on one timeframe. */
export interface FeatureColumn {
  /** `rsi_14`, `rsi_14@1m`, `rsi_14@1m:ETH/USDT:USDT`. */
  readonly name: string
  readonly unit: FeatureUnitName
  readonly formula: string
  readonly source: string
  readonly params: FeatureParams
  readonly definition: FeatureDefinition
  readonly timeframeMs: number
  /** Whose value it is, or for cross features against whom; absent: the row's own instrument. */
  readonly peer?: InstrumentSymbol
}

/** Columns of checked settings, in the order of the schema. */
export function featureColumns(
  settings: FeatureSettings,
  holidaysOf: HolidaysOf = noHolidays,
): readonly FeatureColumn[] {
  const own = (definition: FeatureDefinition): FeatureColumn => column(definition, settings.barMs, settings.barMs)
  const columns = [
    ...standard(settings).map(own),
    ...(settings.indicators ?? []).flatMap((entry) => expand(entry, settings)),
    ...calendarFeatures(settings.calendar ?? {}, holidaysOf).map(own),
    ...externals(settings).map(own),
    ...masks(settings),
  ]
  // What stands already is not repeated: a family of the standard columns adds timeframes and peers to them.
  const known = new Set<string>()
  return columns.filter(({ name, params }) => {
    const key = `${name} ${JSON.stringify(params)}`
    return !known.has(key) && known.add(key)
  })
}

const noHolidays: HolidaysOf = (country) => {
  throw new InvariantError(`the holidays of ${country} were not loaded`, { country })
}

const standard = (settings: FeatureSettings): readonly FeatureDefinition[] => [
  ...(settings.barsFrom === 'candles' ? [] : flow(settings)),
  ...settings.returnPeriods.map(logReturn),
  ...settings.volatilityPeriods.map(realisedVolatility),
  volumeSurprise(settings.volumePeriod),
  timeOfDay('sin'),
  timeOfDay('cos'),
]

const flow = (settings: FeatureSettings): readonly FeatureDefinition[] => [
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
]

/** Definitions × timeframes × instruments: the own one first, then each peer. */
function expand(entry: IndicatorSettings, settings: FeatureSettings): readonly FeatureColumn[] {
  const { barMs } = settings
  const frames = (entry.timeframes ?? settings.timeframes ?? []).map((text) => timeframeMs(text)!)
  const peers = entry.peers ?? settings.peers ?? []
  return (frames.length > 0 ? frames : [barMs]).flatMap((ms) => {
    const definitions = familyOf(entry.name)!.define(entry, ms)
    return [undefined, ...peers].flatMap((peer) =>
      definitions
        .filter(({ isCross = false }) => !isCross || peer !== undefined)
        .map((definition) => column(definition, ms, barMs, peer)),
    )
  })
}

function column(definition: FeatureDefinition, ms: number, barMs: number, peer?: InstrumentSymbol): FeatureColumn {
  const { unit, formula, source } = definition
  const isHigher = ms !== barMs
  return {
    name: `${definition.name}${isHigher ? `@${durationText(ms)}` : ''}${peer === undefined ? '' : `:${peer}`}`,
    ...{ unit, formula, source, definition },
    params: { ...definition.params, ...(isHigher && { timeframeMs: ms }), ...(peer !== undefined && { peer }) },
    timeframeMs: ms,
    ...(peer !== undefined && { peer }),
  }
}

function externals({ externals: asked = [], missing = RESET }: FeatureSettings): readonly FeatureDefinition[] {
  return asked.flatMap((each) => [externalValue(each, missing), ...(missing.mask ? [externalMask(each)] : [])])
}

/** One for the own bars and one for those of each peer that a column looks at. */
function masks(settings: FeatureSettings): readonly FeatureColumn[] {
  const { barMs, indicators = [], missing = RESET } = settings
  if (!missing.mask) return []
  const peers = new Set(indicators.flatMap((entry) => entry.peers ?? settings.peers ?? []))
  return [undefined, ...peers].map((peer) => column(missingMask, barMs, barMs, peer))
}
