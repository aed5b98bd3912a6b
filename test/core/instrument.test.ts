import { describe, expect, test } from 'vitest'
import { converter, type Instrument } from '../../src/core/instrument.ts'
import { lots, ticks } from '../../src/core/units.ts'
import { BTCUSD_PERP, BTCUSDT } from '../market/instruments.ts'

/** As OKX describes it: a contract of 0.01 BTC, in steps of a hundredth. */
const BTC_SWAP: Instrument = { ...BTCUSDT, venueSymbol: 'BTC-USDT-SWAP', lotSize: '0.01', contractSize: '0.01' }

describe('converter', () => {
  test.each([
    {
      name: 'linear, sizes in base',
      instrument: BTCUSDT,
      count: 1_500,
      quantity: 1.5,
      text: '1.500',
      notional: 90_000,
    },
    {
      name: 'linear, sizes in contracts',
      instrument: BTC_SWAP,
      count: 1_500,
      quantity: 0.15,
      text: '15.00',
      notional: 9_000,
    },
    { name: 'inverse', instrument: BTCUSD_PERP, count: 15, quantity: 15, text: '15', notional: 1_500 },
  ])('$name: quantity for people, text for the venue, value', ({ instrument, count, quantity, text, notional }) => {
    const convert = converter(instrument)
    expect(convert.quantity(count)).toBeCloseTo(quantity, 12)
    expect(convert.quantityText(lots(count))).toBe(text)
    expect(convert.notional(ticks(600_000), count)).toBeCloseTo(notional, 6)
  })
})
