import type { Bar } from '../market/bar.ts'
import type { FeatureDefinition, FeatureInput, FeatureUnit } from './feature-definition.ts'
import { volumeOf } from './flow-features.ts'
import type { Candle, Indicator } from './indicators/indicator.ts'

/** A column out of an indicator: `read` makes its figure of what the indicator gives. */
export function indicatorUnit<Input, Output>(
  make: () => Indicator<Input, Output>,
  inputOf: (input: FeatureInput) => Input,
  read: (output: Output, input: FeatureInput) => number,
): FeatureUnit {
  let indicator = make()
  return {
    step: (input) => read(indicator.step(inputOf(input)), input),
    reset: () => {
      indicator = make()
    },
    save: () => indicator.save(),
    restore: (state) => indicator.restore(state),
  }
}

type Described = Omit<FeatureDefinition, 'lookBack' | 'create'>

/** Same as a definition: it looks back as far as the indicator warms up. */
export const ofIndicator = <Input, Output>(
  described: Described,
  make: () => Indicator<Input, Output>,
  inputOf: (input: FeatureInput) => Input,
  read: (output: Output, input: FeatureInput) => number,
): FeatureDefinition => ({
  ...described,
  lookBack: make().warmUp,
  create: () => indicatorUnit(make, inputOf, read),
})

export const closeOf = ({ bar }: FeatureInput): number => bar.close

const candle = (bar: Bar): Candle => ({
  open: bar.open,
  high: bar.high,
  low: bar.low,
  close: bar.close,
  volume: volumeOf(bar),
})
export const candleOf = ({ bar }: FeatureInput): Candle => candle(bar)
