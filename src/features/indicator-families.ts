import type { FeatureDefinition, FeatureInput, FeatureParams, FeatureUnitName } from './feature-definition.ts'
import type { FeatureFamily } from './feature-family.ts'
import type { IndicatorSettings } from './feature-settings.ts'
import { candleOf, closeOf, ofIndicator } from './indicator-unit.ts'
import { adx } from './indicators/adx.ts'
import { atr } from './indicators/atr.ts'
import { bollingerBands } from './indicators/bollinger-bands.ts'
import { cci } from './indicators/cci.ts'
import { ema } from './indicators/ema.ts'
import type { Candle, Indicator } from './indicators/indicator.ts'
import { macd } from './indicators/macd.ts'
import { mfi } from './indicators/mfi.ts'
import { obvRatio } from './indicators/obv.ts'
import { rangePosition } from './indicators/range-position.ts'
import { roc } from './indicators/roc.ts'
import { rsi } from './indicators/rsi.ts'
import { sma } from './indicators/sma.ts'
import { stochastic } from './indicators/stochastic.ts'
import { williamsR } from './indicators/williams-r.ts'
import { wma } from './indicators/wma.ts'
import { zScore } from './indicators/z-score.ts'

const TALIB = 'TA-Lib'

/** Price of a line against the close, so that instruments and years compare. */
const awayFromClose = (price: number, { bar }: FeatureInput): number => 1e4 * (price / bar.close - 1)
const inBpsOfClose = (move: number, { bar }: FeatureInput): number => (1e4 * move) / bar.close
const asIs = (value: number): number => value

interface Single {
  readonly name: string
  readonly about: string
  readonly unit: FeatureUnitName
  readonly formula: string
  readonly source: string
  readonly periodMin?: number
}

const withPeriods =
  (define: (period: number, entry: IndicatorSettings) => readonly FeatureDefinition[]): FeatureFamily['define'] =>
  (entry) =>
    entry.periods!.flatMap((period) => define(period, entry))

/** One column per period. */
const single = <Input>(
  { name, about, unit, formula, source, ...rest }: Single,
  make: (period: number) => Indicator<Input>,
  inputOf: (input: FeatureInput) => Input,
  read: (output: number, input: FeatureInput) => number = asIs,
): FeatureFamily => ({
  ...{ name, about, ...rest },
  needs: 'trades',
  required: ['periods'],
  optional: [],
  define: withPeriods((period) => [
    ofIndicator(
      { name: `${name}_${period}`, unit, formula, source, params: { period } },
      () => make(period),
      inputOf,
      read,
    ),
  ]),
})

const average = (name: string, about: string, make: (period: number) => Indicator<number>): FeatureFamily =>
  single(
    {
      name,
      about,
      unit: 'bps',
      formula: `1e4 * (${name}(close) / close - 1)`,
      source: `${TALIB} ${name.toUpperCase()}`,
    },
    make,
    closeOf,
    awayFromClose,
  )

const ofCandles = (
  described: Single,
  make: (period: number) => Indicator<Candle>,
  read: (output: number, input: FeatureInput) => number = asIs,
): FeatureFamily => single(described, make, candleOf, read)

/** Several columns out of one indicator. */
const fieldsOf = <Input, Output>(
  params: FeatureParams,
  source: string,
  make: () => Indicator<Input, Output>,
  inputOf: (input: FeatureInput) => Input,
  fields: readonly (readonly [
    name: string,
    unit: FeatureUnitName,
    formula: string,
    read: (output: Output, input: FeatureInput) => number,
  ])[],
): readonly FeatureDefinition[] =>
  fields.map(([name, unit, formula, read]) => ofIndicator({ name, unit, formula, source, params }, make, inputOf, read))

const macdFamily: FeatureFamily = {
  name: 'macd',
  about: 'moving average convergence divergence; the period is the slow average, fast (12) and signal (9) are keys',
  needs: 'trades',
  required: ['periods'],
  optional: ['fast', 'signal'],
  periodMin: 2,
  define: withPeriods((slow, { fast = 12, signal = 9 }) =>
    fieldsOf({ fast, slow, signal }, `${TALIB} MACD`, () => macd(fast, slow, signal), closeOf, [
      [`macd_${slow}`, 'bps', '1e4 * (ema(fast) - ema(slow)) / close', ({ line }, at) => inBpsOfClose(line, at)],
      [`macd_signal_${slow}`, 'bps', '1e4 * ema(signal) of macd / close', (out, at) => inBpsOfClose(out.signal, at)],
      [
        `macd_histogram_${slow}`,
        'bps',
        '1e4 * (macd - signal) / close',
        ({ histogram }, at) => inBpsOfClose(histogram, at),
      ],
    ]),
  ),
}

const bollingerFamily: FeatureFamily = {
  name: 'bollinger',
  about: 'Bollinger bands: place of the close in them and their width; deviations (2) is a key',
  needs: 'trades',
  required: ['periods'],
  optional: ['deviations'],
  define: withPeriods((period, { deviations = 2 }) =>
    fieldsOf({ period, deviations }, `${TALIB} BBANDS`, () => bollingerBands(period, deviations), closeOf, [
      [`bollinger_b_${period}`, 'ratio', '(close - lower) / (upper - lower)', ({ percentB }) => percentB],
      [`bollinger_width_${period}`, 'ratio', '(upper - lower) / middle', ({ width }) => width],
    ]),
  ),
}

const stochasticFamily: FeatureFamily = {
  name: 'stochastic',
  about: 'slow stochastic oscillator, 0 to 100; smoothing (3) of both lines is a key',
  needs: 'trades',
  required: ['periods'],
  optional: ['smoothing'],
  define: withPeriods((period, { smoothing = 3 }) =>
    fieldsOf({ period, smoothing }, `${TALIB} STOCH`, () => stochastic(period, smoothing, smoothing), candleOf, [
      [`stochastic_k_${period}`, 'points', 'sma(smoothing) of 100 (close - low) / (high - low)', ({ slowK }) => slowK],
      [`stochastic_d_${period}`, 'points', 'sma(smoothing) of stochastic_k', ({ slowD }) => slowD],
    ]),
  ),
}

const adxFamily: FeatureFamily = {
  name: 'adx',
  about: 'average directional index and both directional indicators, 0 to 100',
  needs: 'trades',
  required: ['periods'],
  optional: [],
  periodMin: 2,
  define: withPeriods((period) =>
    fieldsOf({ period }, `${TALIB} ADX, PLUS_DI, MINUS_DI`, () => adx(period), candleOf, [
      [`adx_${period}`, 'points', 'Wilder mean of 100 |+DI - -DI| / (+DI + -DI)', (out) => out.adx],
      [`plus_di_${period}`, 'points', '100 * Wilder sum of rises of the high / of the true range', (out) => out.plusDi],
      [
        `minus_di_${period}`,
        'points',
        '100 * Wilder sum of falls of the low / of the true range',
        (out) => out.minusDi,
      ],
    ]),
  ),
}

/** The indicators of chart software. They look at trades only; those of price levels are told relative to the close. */
export const INDICATOR_FAMILIES: readonly FeatureFamily[] = [
  average('sma', 'simple moving average against the close', sma),
  average('ema', 'exponential moving average against the close', ema),
  average('wma', 'linearly weighted moving average against the close', wma),
  single(
    {
      name: 'rsi',
      about: 'relative strength index, 0 to 100',
      unit: 'points',
      formula: '100 * mean rise / (mean rise + mean fall), Wilder means',
      source: `${TALIB} RSI`,
    },
    rsi,
    closeOf,
  ),
  macdFamily,
  bollingerFamily,
  stochasticFamily,
  ofCandles(
    {
      name: 'atr',
      about: 'average true range against the close',
      unit: 'bps',
      formula: '1e4 * atr / close',
      source: `${TALIB} ATR`,
    },
    atr,
    inBpsOfClose,
  ),
  adxFamily,
  ofCandles(
    {
      name: 'cci',
      about: 'commodity channel index',
      unit: 'ratio',
      formula: '(p - mean p) / (0.015 * mean |p - mean p|), p = (high + low + close) / 3',
      source: `${TALIB} CCI`,
      periodMin: 2,
    },
    cci,
  ),
  ofCandles(
    {
      name: 'mfi',
      about: 'money flow index, 0 to 100',
      unit: 'points',
      formula: '100 * p * volume of rising bars / of all, p = (high + low + close) / 3',
      source: `${TALIB} MFI`,
    },
    mfi,
  ),
  ofCandles(
    {
      name: 'obv',
      about: 'change of the on-balance volume over its volume, -1 to 1',
      unit: 'ratio',
      formula: 'sum(sign(close - close before) * volume) / sum(volume); 0 without volume',
      source: `${TALIB} OBV, differenced`,
    },
    obvRatio,
  ),
  single(
    {
      name: 'roc',
      about: 'rate of change',
      unit: 'percent',
      formula: '100 * (close / close[period ago] - 1)',
      source: `${TALIB} ROC`,
    },
    roc,
    closeOf,
  ),
  ofCandles(
    {
      name: 'williams_r',
      about: 'Williams %R, -100 to 0',
      unit: 'points',
      formula: '-100 * (highest high - close) / (highest high - lowest low)',
      source: `${TALIB} WILLR`,
    },
    williamsR,
  ),
  single(
    {
      name: 'price_z',
      about: 'normalised price: deviations from the mean of the last closes',
      unit: 'ratio',
      formula: '(close - mean) / standard deviation; 0 for a flat window',
      source: 'z-score of the population',
      periodMin: 2,
    },
    zScore,
    closeOf,
  ),
  single(
    {
      name: 'price_position',
      about: 'normalised price: place of the close between the lowest and the highest of the last closes, 0 to 1',
      unit: 'ratio',
      formula: '(close - lowest) / (highest - lowest); 0.5 for a flat window',
      source: 'min-max scaling',
    },
    rangePosition,
    closeOf,
  ),
]
