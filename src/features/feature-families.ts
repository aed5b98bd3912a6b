import { CROSS_FAMILIES } from './cross-families.ts'
import { DEEP_FLOW_FAMILIES } from './deep-flow-families.ts'
import type { FeatureFamily } from './feature-family.ts'
import { INDICATOR_FAMILIES } from './indicator-families.ts'
import { STANDARD_FAMILIES } from './standard-families.ts'
import { VENUE_FAMILIES } from './venue-families.ts'
import { VOLATILITY_FAMILIES } from './volatility-families.ts'

/** Every family that `features.indicators` may name. */
export const FEATURE_FAMILIES: readonly FeatureFamily[] = [
  ...STANDARD_FAMILIES,
  ...DEEP_FLOW_FAMILIES,
  ...INDICATOR_FAMILIES,
  ...VOLATILITY_FAMILIES,
  ...VENUE_FAMILIES,
  ...CROSS_FAMILIES,
]

/** Families that need no more than open, high, low, close, volume and funding. */
const CANDLE_FAMILIES: ReadonlySet<string> = new Set([
  ...[...INDICATOR_FAMILIES, ...VOLATILITY_FAMILIES, ...CROSS_FAMILIES].map(({ name }) => name),
  ...['return', 'volatility', 'volume_surprise', 'funding_rate'],
])

export const readsCandles = ({ name }: FeatureFamily): boolean => CANDLE_FAMILIES.has(name)

const BY_NAME = new Map(FEATURE_FAMILIES.map((family) => [family.name, family]))

export const familyOf = (name: string): FeatureFamily | undefined => BY_NAME.get(name)
