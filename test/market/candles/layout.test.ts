import { describe, expect, test } from 'vitest'
import { InputError } from '../../../src/core/errors.ts'
import { candleLayout, fundingLayout, type Layout, markLayout } from '../../../src/market/candles/layout.ts'
import type { TableShape } from '../../../src/market/candles/table.ts'
import { headlessShape, shapeOf } from './tables.ts'

const OHLCV = ['open', 'high', 'low', 'close', 'volume']
// Header of https://data.binance.vision/data/futures/um/daily/klines files since 2022.
const BINANCE =
  'open_time,open,high,low,close,volume,close_time,quote_volume,count,taker_buy_volume,taker_buy_quote_volume,ignore'.split(
    ',',
  )
const rolesOf = ({ columns }: Layout): string[] => columns.map(({ role, at }) => `${role}@${at}`)
const TIME_TO_VOLUME = ['time@0', 'open@1', 'high@2', 'low@3', 'close@4', 'volume@5']
const WITH_FLOW = [...TIME_TO_VOLUME, 'quoteVolume@7', 'tradeCount@8', 'takerBuyVolume@9']

describe('candles', () => {
  test.each<[name: string, shape: TableShape, layout: string, roles: string[]]>([
    ['plain', shapeOf(['ts', ...OHLCV]), 'plain', TIME_TO_VOLUME],
    ['freqtrade', shapeOf(['date', ...OHLCV]), 'freqtrade', TIME_TO_VOLUME],
    ['ccxt with a header', shapeOf(['timestamp', ...OHLCV]), 'ccxt', TIME_TO_VOLUME],
    ['ccxt and freqtrade JSON', headlessShape(6), 'ccxt', TIME_TO_VOLUME],
    ['Binance with a header', shapeOf(BINANCE), 'Binance klines', WITH_FLOW],
    ['Binance without one', headlessShape(12), 'Binance klines', WITH_FLOW],
    [
      'in any order',
      shapeOf(['volume', 'close', 'ts', 'open', 'low', 'high']),
      'plain',
      ['volume@0', 'close@1', 'time@2', 'open@3', 'low@4', 'high@5'],
    ],
  ])('%s', (_name, shape, layout, roles) => {
    expect(candleLayout(shape).name).toBe(layout)
    expect(rolesOf(candleLayout(shape))).toEqual(roles)
  })

  test.each<[name: string, shape: TableShape, message: string]>([
    [
      'an extra column',
      shapeOf(['ts', ...OHLCV, 'oi']),
      'bars.csv: column "oi" is unknown; the plain layout has ts, open, high, low, close, volume',
    ],
    ['a missing column', shapeOf(['ts', 'open', 'high', 'low', 'close']), 'bars.csv: column "volume" is missing'],
    ['a column twice', shapeOf(['ts', ...OHLCV, 'close']), 'bars.csv: column "close" is there twice'],
    ['a name of Object', shapeOf(['ts', ...OHLCV, 'constructor']), 'column "constructor" is unknown'],
    [
      'unknown names',
      shapeOf(['Zeit', 'Kurs']),
      'bars.csv: columns Zeit, Kurs are no known layout of candles; known are',
    ],
    ['an unknown width', headlessShape(7), 'bars.json: 7 columns without a header are no known layout of candles'],
    ['funding', shapeOf(['calc_time', 'funding_interval_hours', 'last_funding_rate']), 'no known layout of candles'],
  ])('%s is refused', (_name, shape, message) => {
    expect(() => candleLayout(shape)).toThrow(InputError)
    expect(() => candleLayout(shape)).toThrow(message)
  })

  test('of marks only the close is read', () => {
    expect(rolesOf(markLayout(shapeOf(BINANCE)))).toEqual(['time@0', 'close@4'])
  })
})

describe('funding', () => {
  test.each<[name: string, shape: TableShape, roles: string[]]>([
    ['plain', shapeOf(['ts', 'rate']), ['time@0', 'rate@1']],
    ['plain without a header', headlessShape(2), ['time@0', 'rate@1']],
    ['Binance', shapeOf(['calc_time', 'funding_interval_hours', 'last_funding_rate']), ['time@0', 'rate@2']],
    ['freqtrade keeps it in open', shapeOf(['date', ...OHLCV]), ['time@0', 'rate@1']],
    ['freqtrade JSON', headlessShape(6), ['time@0', 'rate@1']],
  ])('%s', (_name, shape, roles) => {
    expect(rolesOf(fundingLayout(shape))).toEqual(roles)
  })

  test('candles are none', () => {
    expect(() => fundingLayout(shapeOf(BINANCE))).toThrow('no known layout of funding')
  })
})
