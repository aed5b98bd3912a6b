import { expect, test } from 'vitest'
import { candleInstruments } from '../../../src/wiring/backtest/candle-instruments.ts'
import { BASE } from './support/backtest-config.ts'

const withSymbols = (...symbols: readonly string[]) => ({
  ...BASE,
  symbols: [...symbols],
  backtest: {
    ...BASE.backtest,
    instruments: symbols.map((symbol) => ({ ...BASE.backtest.instruments[0]!, symbol })),
  },
})

test('linear contracts of one currency', () => {
  const instruments = candleInstruments(withSymbols('ETH/USDT:USDT', 'BTC/USDT:USDT'))
  expect(instruments.map(({ base, settle }) => [base, settle])).toEqual([
    ['ETH', 'USDT'],
    ['BTC', 'USDT'],
  ])
})

test.each([
  [['BTC/USD:BTC'], 'symbols[0] was BTC/USD:BTC; a backtest on candles takes linear contracts, which settle in USD'],
  [['BTC/USDT:USDT', 'ETH/USDC:USDC'], 'symbols[1] was ETH/USDC:USDC; all must settle in one currency, here USDT'],
])('%s is refused', (symbols, message) => {
  expect(() => candleInstruments(withSymbols(...symbols))).toThrow(message)
})
