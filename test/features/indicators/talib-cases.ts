import { adx } from '../../../src/features/indicators/adx.ts'
import { atr, natr } from '../../../src/features/indicators/atr.ts'
import { beta } from '../../../src/features/indicators/beta.ts'
import { bollingerBands } from '../../../src/features/indicators/bollinger-bands.ts'
import { cci } from '../../../src/features/indicators/cci.ts'
import { ema } from '../../../src/features/indicators/ema.ts'
import type { Candle } from '../../../src/features/indicators/indicator.ts'
import { leadLag } from '../../../src/features/indicators/lead-lag.ts'
import { macd } from '../../../src/features/indicators/macd.ts'
import { mfi } from '../../../src/features/indicators/mfi.ts'
import { momentum } from '../../../src/features/indicators/momentum.ts'
import { obv } from '../../../src/features/indicators/obv.ts'
import { roc } from '../../../src/features/indicators/roc.ts'
import { rollingMax, rollingMin } from '../../../src/features/indicators/rolling-extremes.ts'
import { rsi } from '../../../src/features/indicators/rsi.ts'
import { sma } from '../../../src/features/indicators/sma.ts'
import { stochastic } from '../../../src/features/indicators/stochastic.ts'
import { williamsR } from '../../../src/features/indicators/williams-r.ts'
import { wma } from '../../../src/features/indicators/wma.ts'
import { type TaLibSeries, talib } from './talib.ts'

/** One output of ours beside one of TA-Lib's. */
export interface TaLibCase {
  readonly name: string
  /** Our output at every input, NaN while warming up. */
  ours(candles: readonly Candle[], others: readonly Candle[]): readonly number[]
  theirs(candles: readonly Candle[], others: readonly Candle[]): TaLibSeries
  /**
   * Deviations are relative to TA-Lib's value, but to no less than this: where a value passes through zero, TA-Lib's running sums leave
   * a rest of rounding that has no digit in common with anything (0 comes out as 1e-13).
   */
  readonly floor: number
  /** Inputs by which TA-Lib begins earlier than we do, where several outputs of ours begin together. */
  readonly earlier?: number
}

const column = (candles: readonly Candle[], key: keyof Candle): readonly number[] =>
  candles.map((candle) => candle[key])
const closes = (candles: readonly Candle[]): readonly number[] => column(candles, 'close')
const bars = (candles: readonly Candle[]) => ({
  open: column(candles, 'open'),
  high: column(candles, 'high'),
  low: column(candles, 'low'),
  close: column(candles, 'close'),
  volume: column(candles, 'volume'),
})
/** 1 % of the range of an oscillator that goes from 0 to 100. */
const PERCENT = 1

const simpleReturns = (candles: readonly Candle[]): readonly number[] =>
  closes(candles).flatMap((close, at, all) => (at === 0 ? [] : [(close - all[at - 1]!) / all[at - 1]!]))

const onCloses = (
  name: string,
  make: () => { step(x: number): number },
  options: Readonly<Record<string, number>>,
  floor = 0,
): TaLibCase => ({
  name: `${name}(${Object.values(options).join(', ')})`,
  ours: (candles) => {
    const unit = make()
    return closes(candles).map((close) => unit.step(close))
  },
  theirs: (candles) => talib(name, 'outReal', { inReal: closes(candles), ...options }),
  floor,
})

const onBars = (
  name: string,
  make: () => { step(candle: Candle): number },
  options: Readonly<Record<string, number>>,
  more: { readonly output?: string; readonly floor?: number; readonly earlier?: number } = {},
): TaLibCase => ({
  name: `${name}(${Object.values(options).join(', ')})${more.output === undefined ? '' : ` ${more.output}`}`,
  ours: (candles) => {
    const unit = make()
    return candles.map((candle) => unit.step(candle))
  },
  theirs: (candles) => talib(name, more.output ?? 'outReal', { ...bars(candles), ...options }),
  floor: more.floor ?? 0,
  earlier: more.earlier ?? 0,
})

/** One field of a unit with several. */
const field = <Input, Name extends string>(
  unit: { step(input: Input): Readonly<Record<Name, number>> },
  name: Name,
): { step(input: Input): number } => ({ step: (input) => unit.step(input)[name] })

const MACD = { optInFastPeriod: 12, optInSlowPeriod: 26, optInSignalPeriod: 9 }
const BANDS = { optInTimePeriod: 20, optInNbDevUp: 2, optInNbDevDn: 2, optInMAType: 0 }
const SLOW = {
  optInFastK_Period: 14,
  optInSlowK_Period: 3,
  optInSlowK_MAType: 0,
  optInSlowD_Period: 3,
  optInSlowD_MAType: 0,
}
const FAST = { optInFastK_Period: 14, optInFastD_Period: 3, optInFastD_MAType: 0 }
const period = (optInTimePeriod: number) => ({ optInTimePeriod })

const several = (
  name: string,
  options: Readonly<Record<string, number>>,
  outputs: Readonly<Record<string, () => { step(x: number): number }>>,
  floor = 0,
) =>
  Object.entries(outputs).map(
    ([output, make]): TaLibCase => ({
      ...onCloses(name, make, options, floor),
      name: `${name}(${Object.values(options).join(', ')}) ${output}`,
      theirs: (candles) => talib(name, output, { inReal: closes(candles), ...options }),
    }),
  )

export const talibCases: readonly TaLibCase[] = [
  onCloses('SMA', () => sma(20), period(20)),
  onCloses('SMA', () => sma(200), period(200)),
  onCloses('EMA', () => ema(20), period(20)),
  onCloses('WMA', () => wma(20), period(20)),
  onCloses('RSI', () => rsi(14), period(14)),
  ...several('MACD', MACD, {
    outMACD: () => field(macd(), 'line'),
    outMACDSignal: () => field(macd(), 'signal'),
    outMACDHist: () => field(macd(), 'histogram'),
  }),
  ...several('BBANDS', BANDS, {
    outRealUpperBand: () => field(bollingerBands(), 'upper'),
    outRealMiddleBand: () => field(bollingerBands(), 'middle'),
    outRealLowerBand: () => field(bollingerBands(), 'lower'),
  }),
  onBars('STOCHF', () => field(stochastic(), 'fastK'), FAST, { output: 'outFastK', earlier: 2 }),
  onBars('STOCHF', () => field(stochastic(), 'fastD'), FAST, { output: 'outFastD', earlier: 2, floor: PERCENT }),
  onBars('STOCH', () => field(stochastic(), 'slowK'), SLOW, { output: 'outSlowK', floor: PERCENT }),
  onBars('STOCH', () => field(stochastic(), 'slowD'), SLOW, { output: 'outSlowD', floor: PERCENT }),
  onBars('ATR', () => atr(14), period(14)),
  onBars('NATR', () => natr(14), period(14)),
  onBars('ADX', () => field(adx(14), 'adx'), period(14)),
  onBars('PLUS_DI', () => field(adx(14), 'plusDi'), period(14), { earlier: 13 }),
  onBars('MINUS_DI', () => field(adx(14), 'minusDi'), period(14), { earlier: 13 }),
  onBars('CCI', () => cci(20), period(20), { floor: PERCENT }),
  onBars('MFI', () => mfi(14), period(14), { floor: PERCENT }),
  {
    name: 'OBV',
    ours: (candles) => {
      const unit = obv()
      return candles.map((candle) => unit.step(candle))
    },
    theirs: (candles) => talib('OBV', 'outReal', { inReal: closes(candles), volume: column(candles, 'volume') }),
    floor: 0,
  },
  onCloses('ROC', () => roc(10), period(10)),
  onCloses('MOM', () => momentum(10), period(10)),
  onBars('WILLR', () => williamsR(14), period(14)),
  onCloses('MIN', () => rollingMin(30), period(30)),
  onCloses('MAX', () => rollingMax(30), period(30)),
  {
    name: 'CORREL(30)',
    // Of returns: on prices, TA-Lib's E[xy] − E[x] E[y] loses ten digits.
    ours: (candles, others) => {
      const unit = leadLag(30, 0)
      const otherReturns = simpleReturns(others)
      return simpleReturns(candles).map((own, at) => unit.step({ own, other: otherReturns[at]! }))
    },
    theirs: (candles, others) =>
      talib('CORREL', 'outReal', { inReal0: simpleReturns(candles), inReal1: simpleReturns(others), ...period(30) }),
    floor: 1e-3,
  },
  {
    name: 'BETA(30)',
    ours: (candles, others) => {
      const unit = beta(30)
      const otherReturns = simpleReturns(others)
      const returns = simpleReturns(candles)
      return [Number.NaN, ...returns.map((own, at) => unit.step({ own, other: otherReturns[at]! }))]
    },
    theirs: (candles, others) =>
      talib('BETA', 'outReal', { inReal0: closes(others), inReal1: closes(candles), ...period(30) }),
    floor: 0,
  },
]
