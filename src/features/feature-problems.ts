import { InputError } from '../core/errors.ts'
import { BOOK_LEVELS } from '../market/bar.ts'
import { featureColumns } from './feature-columns.ts'
import { FEATURE_FAMILIES, familyOf, readsCandles } from './feature-families.ts'
import type { FamilyKey, FeatureFamily } from './feature-family.ts'
import type { FeatureSettings, IndicatorSettings } from './feature-settings.ts'
import { timeframeProblem } from './timeframe.ts'

/** Bars. Longer look-backs would keep more history per instrument than a bar pipeline should. */
export const PERIOD_MAX = 1_000
export const COLUMNS_MAX = 2_000
const TIMEFRAMES_MAX = 16
const LIST_MAX = 64
const HALF_LIFE_MS_MAX = 86_400_000
const LAG_MAX = 100
const HOLE_BARS_MAX = 1_000

/** One setting that is not allowed. */
export interface FeatureProblem {
  /** Path below `features`. */
  readonly path: readonly (string | number)[]
  readonly value: string
  readonly rule: string
}

type Report = (path: FeatureProblem['path'], value: unknown, rule: string) => void

/** Everything that is wrong with the settings, each once; nothing else of the features is safe to ask before this is empty. */
export function featureProblems(settings: FeatureSettings): readonly FeatureProblem[] {
  const problems: FeatureProblem[] = []
  const report: Report = (path, value, rule) => {
    problems.push({ path, value: typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value)), rule })
  }
  standardProblems(settings, report)
  candleProblems(settings, report)
  timeframeProblems(['timeframes'], settings.timeframes ?? [], settings, report)
  listProblems(['peers'], settings.peers ?? [], report)
  for (const [at, entry] of (settings.indicators ?? []).entries()) entryProblems(at, entry, settings, report)
  externalProblems(settings, report)
  calendarProblems(settings, report)
  missingProblems(settings, report)
  if (problems.length === 0) columnProblems(settings, report)
  return problems
}

function standardProblems(settings: FeatureSettings, report: Report): void {
  const { barMs, flowPeriods, returnPeriods, volatilityPeriods, volumePeriod } = settings
  if (!isWhole(barMs, 1, Number.MAX_SAFE_INTEGER))
    report(['barMs'], barMs, 'a whole number of milliseconds, at least 1')
  const lists = { flowPeriods: [1, ...flowPeriods], returnPeriods, volatilityPeriods, volumePeriod: [volumePeriod] }
  for (const [key, periods] of Object.entries(lists)) {
    const bad = periods.find((bars) => !isWhole(bars, 1, PERIOD_MAX))
    if (bad !== undefined) report([key], bad, `a whole number of bars from 1 to ${PERIOD_MAX}`)
    const twice = repeated(periods)
    if (twice !== undefined) report([key], twice, 'each period once (1 is always among flowPeriods)')
  }
}

function candleProblems({ barsFrom, flowPeriods, eventBars }: FeatureSettings, report: Report): void {
  if (barsFrom !== 'candles') return
  if (flowPeriods.length > 0) report(['flowPeriods'], flowPeriods, 'empty: candles have no order flow')
  if (eventBars) report(['eventBars'], eventBars.kind, 'left out: candles are bars by the clock')
}

function entryProblems(at: number, entry: IndicatorSettings, settings: FeatureSettings, report: Report): void {
  const path = ['indicators', at]
  const family = familyOf(entry.name)
  if (!family) {
    report([...path, 'name'], entry.name, `one of ${FEATURE_FAMILIES.map(({ name }) => name).join(', ')}`)
    return
  }
  if (settings.barsFrom === 'candles' && !readsCandles(family)) {
    report(
      [...path, 'name'],
      entry.name,
      `left out: it needs the ${family.needs} in full, and candles have prices and volume`,
    )
  }
  const { name, timeframes = [], peers = [], ...keys } = entry
  timeframeProblems([...path, 'timeframes'], timeframes, settings, report)
  listProblems([...path, 'peers'], peers, report)
  const given = Object.keys(keys).filter((key) => keys[key as FamilyKey] !== undefined) as FamilyKey[]
  for (const key of given) {
    if (![...family.required, ...family.optional].includes(key)) {
      report([...path, key], entry[key], `left out: ${name} knows ${known(family)}`)
    } else keyProblems([...path, key], key, entry, family, report)
  }
  for (const key of family.required) {
    if (!given.includes(key)) report([...path, key], 'missing', `given: ${name} needs ${family.required.join(' and ')}`)
  }
  const others = entry.peers ?? settings.peers ?? []
  if (family.needs === 'a peer' && others.length === 0) {
    report(
      [...path, 'peers'],
      'missing',
      `at least one symbol, here or in features.peers: ${name} compares with a peer`,
    )
  }
}

const known = ({ required, optional }: FeatureFamily): string => {
  const keys = [...required, ...optional]
  return keys.length === 0 ? 'no other keys' : keys.join(', ')
}

function keyProblems(
  path: FeatureProblem['path'],
  key: FamilyKey,
  entry: IndicatorSettings,
  family: FeatureFamily,
  report: Report,
): void {
  const value = entry[key]
  const rule = RULES[key](entry, family)
  const items = Array.isArray(value) ? (value as readonly unknown[]) : [value]
  const isList = key === 'periods' || key === 'halfLivesMs' || key === 'lags'
  if (items.length === 0 || items.length > LIST_MAX) report(path, value, `a list of 1 to ${LIST_MAX}`)
  if (isList && repeated(items) !== undefined) report(path, repeated(items), 'each once')
  const bad = items.find((item) => !rule.allows(item))
  if (bad !== undefined) report(path, bad, rule.says)
  if (entry.name === 'har' && key === 'periods' && !isAscendingTriple(items)) {
    report(path, value, 'three spans, each longer than the one before, e.g. [1, 12, 72]')
  }
}

interface Rule {
  readonly says: string
  allows(value: unknown): boolean
}

const whole = (min: number, max: number, what: string): Rule => ({
  says: `a whole number of ${what} from ${min} to ${max}`,
  allows: (value) => isWhole(value, min, max),
})

const RULES: Readonly<Record<FamilyKey, (entry: IndicatorSettings, family: FeatureFamily) => Rule>> = {
  periods: (_, { periodMin = 1 }) => whole(periodMin, PERIOD_MAX, 'bars'),
  halfLivesMs: () => whole(1, HALF_LIFE_MS_MAX, 'milliseconds'),
  levels: () => whole(1, BOOK_LEVELS, 'levels'),
  weights: ({ weights = [] }) => ({
    says: `1 to ${BOOK_LEVELS} finite numbers, not all of them 0, and no levels beside them`,
    allows: (value) =>
      Number.isFinite(value) && weights.length <= BOOK_LEVELS && weights.some((weight) => weight !== 0),
  }),
  level: () => whole(1, 3, 'levels'),
  fast: ({ periods = [] }) => whole(1, Math.min(...periods, PERIOD_MAX) - 1, 'bars, below every period,'),
  signal: () => whole(1, PERIOD_MAX, 'bars'),
  smoothing: () => whole(1, PERIOD_MAX, 'bars'),
  deviations: () => ({
    says: 'a number above 0 to 100',
    allows: (value) => typeof value === 'number' && value > 0 && value <= 100,
  }),
  lags: () => whole(1, LAG_MAX, 'bars'),
  bucketQuote: () => ({
    says: 'a finite number above 0',
    allows: (value) => Number.isFinite(value) && (value as number) > 0,
  }),
}

function timeframeProblems(
  path: FeatureProblem['path'],
  list: readonly string[],
  { barMs, eventBars }: FeatureSettings,
  report: Report,
): void {
  if (list.length > TIMEFRAMES_MAX) report(path, list.length, `at most ${TIMEFRAMES_MAX} timeframes`)
  if (repeated(list) !== undefined) report(path, repeated(list), 'each once')
  for (const text of list) {
    const rule = eventBars ? 'left out: bars that events close have no timeframes' : timeframeProblem(text, barMs)
    if (rule !== undefined) report(path, text, rule)
  }
}

function listProblems(path: FeatureProblem['path'], list: readonly unknown[], report: Report): void {
  if (list.length > LIST_MAX) report(path, list.length, `at most ${LIST_MAX}`)
  if (repeated(list) !== undefined) report(path, repeated(list), 'each once')
}

function externalProblems({ externals = [] }: FeatureSettings, report: Report): void {
  for (const [at, { series, staleMsMax, missingValue = 0 }] of externals.entries()) {
    const path = ['externals', at]
    if (!SERIES.test(series)) report([...path, 'series'], series, SERIES_RULE)
    if (!isWhole(staleMsMax, 1, Number.MAX_SAFE_INTEGER)) {
      report([...path, 'staleMsMax'], staleMsMax, 'a whole number of milliseconds, at least 1')
    }
    if (!Number.isFinite(missingValue)) report([...path, 'missingValue'], missingValue, 'a finite number')
  }
}

function calendarProblems({ calendar: { holidays = [], sessions = [] } = {} }: FeatureSettings, report: Report): void {
  listProblems(['calendar', 'holidays'], holidays, report)
  listProblems(['calendar', 'sessions'], sessions, report)
  for (const country of holidays) {
    if (!/^[A-Z]{2}$/.test(country)) report(['calendar', 'holidays'], country, 'the two letters of a country, e.g. US')
  }
}

const SERIES = /^[a-z][a-z0-9_]{0,63}$/
const SERIES_RULE = 'a small letter, then up to 63 small letters, digits and _'

function missingProblems({ missing }: FeatureSettings, report: Report): void {
  if (missing?.rule !== 'carry') return
  if (!isWhole(missing.barsMax, 1, HOLE_BARS_MAX)) {
    report(['missing', 'barsMax'], missing.barsMax, `a whole number of bars from 1 to ${HOLE_BARS_MAX}`)
  }
}

/** Of settings that are fine one by one. */
function columnProblems(settings: FeatureSettings, report: Report): void {
  try {
    const names = featureColumns(settings).map(({ name }) => name)
    if (names.length > COLUMNS_MAX) report(['indicators'], `${names.length} columns`, `at most ${COLUMNS_MAX} columns`)
    const twice = repeated(names)
    if (twice !== undefined) report(['indicators'], `two kinds of ${twice}`, 'one set of parameters for each name')
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    report(['indicators'], error.message, 'settings that every family allows')
  }
}

const isWhole = (value: unknown, min: number, max: number): boolean =>
  Number.isSafeInteger(value) && (value as number) >= min && (value as number) <= max

const repeated = <T>(list: readonly T[]): T | undefined => list.find((item, at) => list.indexOf(item) !== at)

const isAscendingTriple = (items: readonly unknown[]): boolean =>
  items.length === 3 && (items[0] as number) < (items[1] as number) && (items[1] as number) < (items[2] as number)
