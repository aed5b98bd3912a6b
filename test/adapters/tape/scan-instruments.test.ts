import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { scanInstruments, scanTape } from '../../../src/adapters/tape/scan-instruments.ts'
import type { TapeFrame } from '../../../src/adapters/tape/tape-frame.ts'
import { InputError } from '../../../src/core/errors.ts'
import type { Instrument } from '../../../src/core/instrument.ts'
import type { EpochMs } from '../../../src/core/units.ts'
import frames from '../../fixtures/binance/frames.json' with { type: 'json' }

const scan = async (list: readonly unknown[]): Promise<readonly Instrument[]> => {
  async function* tape(): AsyncGenerator<TapeFrame> {
    for (const [at, frame] of list.entries()) yield { receivedAt: 0 as EpochMs, frame, line: at + 1 }
  }
  return scanInstruments(tape(), 'x.gz')
}
const trade = (s: string, p: string, q: string, X = 'MARKET'): object => ({ e: 'trade', s, p, q, X })

describe('scanInstruments', () => {
  test('the coarsest steps that everything fits, zeros at the end aside', async () => {
    const [found] = await scan([trade('BTCUSDT', '60000.10', '0.002'), trade('BTCUSDT', '60000.40', '0.005')])
    expect(found).toMatchObject({ symbol: 'BTC/USDT:USDT', tickSize: '0.1', lotSize: '0.001', inverse: false })
  })

  test.each([
    ['half ticks', ['100.5', '100.0'], '0.5'],
    ['quarter ticks', ['100.25', '100.50'], '0.25'],
    ['whole ticks', ['60000', '60001'], '1'],
    ['fives', ['60005', '60010', '59985'], '5'],
  ])('%s', async (_name, prices, tickSize) => {
    const [found] = await scan(prices.map((price) => trade('XUSDT', price, '1')))
    expect(found).toMatchObject({ tickSize, base: 'X' })
  })

  test('books, quotes and trades count; an insurance-fund trade between the ticks does not', async () => {
    const [found] = await scan([frames.depth, frames.quote, frames.fundTrade, frames.aggTrade, frames.ack, null, 7])
    expect(found).toMatchObject({ tickSize: '0.1', lotSize: '0.01' })
  })

  test('a REST book without a name belongs to the only instrument', async () => {
    const book = { ...frames.snapshot, asks: [['60000.25', '0.0005']] }
    expect(await scan([frames.depth, book])).toMatchObject([{ tickSize: '0.05', lotSize: '0.0005' }])
    expect(await scan([frames.depth, book, trade('XUSDT', '1', '1')])).toMatchObject([{ tickSize: '0.1' }, {}])
    await expect(scan([book])).rejects.toThrow(InputError)
  })

  test('COIN-M contracts are inverse and settle in the coin', async () => {
    const found = await scan([trade('BTCUSD_PERP', '61804.8', '1'), trade('ETHUSD_PERP', '3000.01', '1')])
    expect(found).toMatchObject([
      { symbol: 'BTC/USD:BTC', contractSize: '100', inverse: true, settle: 'BTC', lotSize: '1' },
      { symbol: 'ETH/USD:ETH', contractSize: '10', inverse: true, settle: 'ETH' },
    ])
  })

  test('nothing found is the user’s mistake', async () => {
    await expect(scan([frames.ack])).rejects.toThrow(InputError)
    await expect(scan([trade('BTCUSDT', 'x', '1')])).rejects.toThrow(/x\.gz: no Binance futures frame/)
  })
})

test('scanTape takes known steps as they are, finds the others, and keeps the order of the tape', async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'scan-'))
  const file = path.join(folder, 'x.txt')
  const list = [
    { e: 'markPriceUpdate', s: 'ETHUSDT', p: '1' }, // Proves nothing: ETHUSDT is not on this tape.
    trade('XUSDT', '1.5', '1'),
    trade('BTCUSDT', '60000.4', '0.004'),
    trade('AUSDT', '2', '1'),
  ]
  const line = (frame: object): string => `1700000000123 ${JSON.stringify(frame)}\n`
  // Of a known instrument: not parsed.
  const broken = '1700000000123 {"e":"trade","s":"BTCUSDT"\n'
  await writeFile(file, list.map(line).join('') + broken)
  const steps = { tickSize: '0.10', lotSize: '0.001' }
  const found = await scanTape(
    file,
    new Map([
      ['BTCUSDT', steps],
      ['ETHUSDT', steps],
    ]),
  )
  await rm(folder, { recursive: true })
  expect(found).toMatchObject([
    { venueSymbol: 'XUSDT', tickSize: '1.5' },
    { venueSymbol: 'BTCUSDT', ...steps },
    { venueSymbol: 'AUSDT' },
  ])
})
