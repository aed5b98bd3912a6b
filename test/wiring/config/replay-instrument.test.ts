import { expect, test } from 'vitest'
import { converter } from '../../../src/core/instrument.ts'
import { ticks } from '../../../src/core/units.ts'
import { loadConfig } from '../../../src/wiring/config/load-config.ts'
import { replayInstrument } from '../../../src/wiring/config/replay-instrument.ts'

test('the instruments of replay.yaml convert as the venue writes', () => {
  const config = loadConfig('config/replay.yaml')
  const entry = config.mode === 'replay' ? config.replay.instruments[0] : undefined
  const instrument = replayInstrument(entry!)
  expect(instrument).toMatchObject({
    symbol: 'BTC/USDT:USDT',
    base: 'BTC',
    quote: 'USDT',
    settle: 'USDT',
    inverse: false,
  })
  expect(converter(instrument).priceText(ticks(270_001))).toBe('27000.1')
})
