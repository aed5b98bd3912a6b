import { adx } from '../../../src/features/indicators/adx.ts'
import { atr, natr } from '../../../src/features/indicators/atr.ts'
import { beta } from '../../../src/features/indicators/beta.ts'
import { bollingerBands } from '../../../src/features/indicators/bollinger-bands.ts'
import { cci } from '../../../src/features/indicators/cci.ts'
import { ema } from '../../../src/features/indicators/ema.ts'
import { ewma } from '../../../src/features/indicators/ewma.ts'
import { har } from '../../../src/features/indicators/har.ts'
import type { Candle, Indicator, Pair } from '../../../src/features/indicators/indicator.ts'
import { leadLag } from '../../../src/features/indicators/lead-lag.ts'
import { logReturn } from '../../../src/features/indicators/log-return.ts'
import { macd } from '../../../src/features/indicators/macd.ts'
import { mfi } from '../../../src/features/indicators/mfi.ts'
import { momentum } from '../../../src/features/indicators/momentum.ts'
import { obv, obvRatio } from '../../../src/features/indicators/obv.ts'
import { rangePosition } from '../../../src/features/indicators/range-position.ts'
import { garmanKlass, parkinson, rogersSatchell } from '../../../src/features/indicators/range-volatility.ts'
import { realisedVolatility } from '../../../src/features/indicators/realised-volatility.ts'
import { relativeStrength } from '../../../src/features/indicators/relative-strength.ts'
import { roc } from '../../../src/features/indicators/roc.ts'
import { rollingMax, rollingMin } from '../../../src/features/indicators/rolling-extremes.ts'
import { rollingQuantile } from '../../../src/features/indicators/rolling-quantile.ts'
import { rsi } from '../../../src/features/indicators/rsi.ts'
import { sma } from '../../../src/features/indicators/sma.ts'
import { stochastic } from '../../../src/features/indicators/stochastic.ts'
import { williamsR } from '../../../src/features/indicators/williams-r.ts'
import { wma } from '../../../src/features/indicators/wma.ts'
import { yangZhang } from '../../../src/features/indicators/yang-zhang.ts'
import { zScore } from '../../../src/features/indicators/z-score.ts'

type Output = number | object

/** A unit of any kind, fed with a candle and another instrument's candle of the same moment. */
export interface AnyUnit {
  readonly warmUp: number
  step(candle: Candle, other: Candle): Readonly<Record<string, number>>
  save(): readonly number[]
  restore(state: readonly number[]): void
}

export interface UnitCase {
  readonly name: string
  make(): AnyUnit
  /** A unit of the same kind with other parameters, where it has any. */
  makeOther(): AnyUnit
  /** Output where the series never moves; fields in order. Prices 0.1, volume 3. */
  readonly flat: readonly number[]
}

const adapt = <Input>(unit: Indicator<Input, Output>, input: (candle: Candle, other: Candle) => Input): AnyUnit => ({
  warmUp: unit.warmUp,
  step(candle, other) {
    const output = unit.step(input(candle, other))
    return typeof output === 'number' ? { value: output } : { ...output }
  },
  save: () => unit.save(),
  restore: (state) => unit.restore(state),
})

const onClose = (
  name: string,
  make: (more: number) => Indicator<number, Output>,
  ...flat: readonly number[]
): UnitCase => ({
  name,
  make: () => adapt(make(0), ({ close }) => close),
  makeOther: () => adapt(make(1), ({ close }) => close),
  flat,
})

const onCandle = (
  name: string,
  make: (more: number) => Indicator<Candle, Output>,
  ...flat: readonly number[]
): UnitCase => ({
  name,
  make: () => adapt(make(0), (candle) => candle),
  makeOther: () => adapt(make(1), (candle) => candle),
  flat,
})

const onPair = (
  name: string,
  make: (more: number) => Indicator<Pair, Output>,
  ...flat: readonly number[]
): UnitCase => ({
  name,
  make: () => adapt(make(0), (own, other) => ({ own: own.close, other: other.close })),
  makeOther: () => adapt(make(1), (own, other) => ({ own: own.close, other: other.close })),
  flat,
})

/** Every indicator, with short periods; `more` lengthens one parameter. */
export const allUnits: readonly UnitCase[] = [
  onClose('sma', (more) => sma(5 + more), 0.1),
  onClose('ema', (more) => ema(5 + more), 0.1),
  onClose('wma', (more) => wma(5 + more), 0.1),
  onClose('ewma', (more) => ewma(2.5 + more), 0.1),
  onClose('rsi', (more) => rsi(6 + more), 50),
  onClose('macd', (more) => macd(3, 6 + more, 4), 0, 0, 0),
  onClose('bollinger bands', (more) => bollingerBands(5, 2 + more), 0.1, 0.1, 0.1, 0.5, 0),
  onCandle('stochastic', (more) => stochastic(5, 3, 2 + more), 50, 50, 50, 50),
  onCandle('atr', (more) => atr(4 + more), 0),
  onCandle('natr', (more) => natr(4 + more), 0),
  onCandle('adx', (more) => adx(4 + more), 0, 0, 0),
  onCandle('cci', (more) => cci(5 + more), 0),
  onCandle('mfi', (more) => mfi(5 + more), 50),
  onCandle('obv', () => obv(), 3),
  onCandle('obv ratio', (more) => obvRatio(5 + more), 0),
  onClose('roc', (more) => roc(5 + more), 0),
  onClose('momentum', (more) => momentum(5 + more), 0),
  onCandle('williams %R', (more) => williamsR(5 + more), -50),
  onClose('z-score', (more) => zScore(5 + more), 0),
  onClose('range position', (more) => rangePosition(5 + more), 0.5),
  onClose('log return', (more) => logReturn(5 + more), 0),
  onClose('realised volatility', (more) => realisedVolatility(5 + more), 0),
  onCandle('parkinson', (more) => parkinson(5 + more), 0),
  onCandle('garman klass', (more) => garmanKlass(5 + more), 0),
  onCandle('rogers satchell', (more) => rogersSatchell(5 + more), 0),
  onCandle('yang zhang', (more) => yangZhang(5 + more), 0),
  onClose('har', (more) => har([1, 3, 7 + more]), 0.1, 0.1, 0.1),
  onPair('correlation', (more) => leadLag(6 + more, 0), 0),
  onPair('other leads', (more) => leadLag(6, 2 + more), 0),
  onPair('own leads', (more) => leadLag(6, -2 - more), 0),
  onPair('beta', (more) => beta(6 + more), 0),
  onPair('relative strength', (more) => relativeStrength(6 + more), 0),
  onClose('rolling min', (more) => rollingMin(5 + more), 0.1),
  onClose('rolling max', (more) => rollingMax(5 + more), 0.1),
  onClose('rolling quantile', (more) => rollingQuantile(5, 0.3 + more / 10), 0.1),
]
