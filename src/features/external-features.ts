import { check } from '../core/check.ts'
import type { FeatureDefinition, FeatureInput, FeatureUnit } from './feature-definition.ts'
import type { ExternalSettings, MissingSettings } from './feature-settings.ts'
import { instant } from './feature-units.ts'

const SOURCE = 'value handed in from outside, by its own time stamp'

/** The last value that came before the close, where it is not stale. */
export function externalValue(settings: ExternalSettings, missing: MissingSettings): FeatureDefinition {
  const { series, staleMsMax, transform, missingValue } = settings
  const suffix = transform === 'level' ? '' : `_${transform}`
  return {
    name: `external_${series}${suffix}`,
    unit: 'as given',
    formula: `${TRANSFORMS[transform]} of the last value at the close, missing where observedAt is older than staleMsMax`,
    source: SOURCE,
    params: { series, staleMsMax, transform, ...(missingValue !== undefined && { missingValue }) },
    lookBack: 1,
    create: () => new ExternalUnit(settings, missing.rule === 'carry' ? missing.barsMax : 0),
  }
}

/** 1 while the value is missing, also where the rule for missing data still carries the last one. */
export const externalMask = ({ series, staleMsMax }: ExternalSettings): FeatureDefinition => ({
  name: `external_${series}_missing`,
  unit: 'flag',
  formula: '1 where no value came yet or its observedAt is older than staleMsMax, else 0',
  source: SOURCE,
  params: { series, staleMsMax },
  lookBack: 1,
  create: () => instant((input) => (freshOf(input, { series, staleMsMax }) ? 0 : 1)),
})

const TRANSFORMS = { level: 'value', log: 'ln(value)', change: 'value - the observation before it' } as const

const freshOf = ({ bar }: FeatureInput, { series, staleMsMax }: Pick<ExternalSettings, 'series' | 'staleMsMax'>) => {
  const last = bar.externals?.[series]
  return last && bar.endAt - last.observedAt <= staleMsMax ? last : undefined
}

/** A run of bars that ends says nothing of the world outside: the state stays. */
class ExternalUnit implements FeatureUnit {
  readonly #settings: ExternalSettings
  readonly #carriedMax: number
  #observedAt = Number.NaN
  #value = Number.NaN
  #before = Number.NaN
  /** Closes since the value was fresh. */
  #stale = 0

  constructor(settings: ExternalSettings, carriedMax: number) {
    this.#settings = settings
    this.#carriedMax = carriedMax
  }

  step(input: FeatureInput): number {
    const fresh = freshOf(input, this.#settings)
    if (fresh && fresh.observedAt !== this.#observedAt) {
      this.#before = this.#value
      this.#value = fresh.value
      this.#observedAt = fresh.observedAt
    }
    this.#stale = fresh ? 0 : this.#stale + 1
    const value = this.#stale <= this.#carriedMax ? this.#transformed() : Number.NaN
    return Number.isFinite(value) ? value : (this.#settings.missingValue ?? Number.NaN)
  }

  reset(): void {}

  save(): readonly number[] {
    return [this.#observedAt, this.#value, this.#before, this.#stale]
  }

  restore(state: readonly number[]): void {
    check(state.length === 4, 'state of 4 numbers', state.length)
    this.#observedAt = state[0]!
    this.#value = state[1]!
    this.#before = state[2]!
    this.#stale = state[3]!
  }

  #transformed(): number {
    switch (this.#settings.transform) {
      case 'level':
        return this.#value
      case 'log':
        return Math.log(this.#value)
      case 'change':
        return this.#value - this.#before
    }
  }
}
