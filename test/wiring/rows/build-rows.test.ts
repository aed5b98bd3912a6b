import { describe, expect, test } from 'vitest'
import { converter } from '../../../src/core/instrument.ts'
import { buildRows } from '../../../src/wiring/rows/build-rows.ts'
import { simulatedSource } from '../../../src/wiring/rows/simulated-source.ts'
import { BTCUSDT } from '../../market/instruments.ts'
import { converters, liveBars, liveRows, run, START, schema, symbols } from './rows-support.ts'

const sourceOf = (groups: ReturnType<typeof liveBars>) => ({
  identity: 'test',
  async *groups() {
    yield* groups
  },
})

describe('buildRows', () => {
  const groups = liveBars(120)

  test('the rows are those of the live engine, bit by bit, with their bars', async () => {
    const tables = await buildRows(sourceOf(groups), schema, converters)
    for (const [nth, rows] of liveRows(groups).entries()) {
      const table = tables[nth]!
      expect(table).toMatchObject({ symbol: symbols[nth], rows: rows.length, schemaHash: schema.hash, barMs: 1_000 })
      expect(table.featureNames).toEqual(schema.names)
      expect(table.values).toEqual(Float32Array.from(rows.flatMap(({ values }) => [...values])))
      expect([...table.ready]).toEqual(rows.map(({ ready }) => Number(ready)))
      expect([...table.tainted]).toEqual(rows.map(({ bar }) => bar.taints.length))
      for (const key of ['startAt', 'endAt', 'open', 'high', 'low', 'close', 'bidTicks', 'askTicks'] as const) {
        expect([...table[key]]).toEqual(rows.map(({ bar }) => bar[key]))
      }
      for (const key of ['markPrice', 'fundingRate', 'nextFundingAt'] as const) {
        expect([...table[key]]).toEqual(rows.map(({ bar }) => bar[key]))
      }
      expect([...table.volume]).toEqual(rows.map(({ bar }) => bar.buyVolume + bar.sellVolume))
      expect(rows.filter(({ ready }) => ready).length).toBeGreaterThan(30)
      expect(rows.filter(({ bar }) => bar.taints.length > 0).length).toBe(nth === 0 ? 8 : 0)
    }
  })

  test('rowsMax rows fit, one more is an error that names the key', async () => {
    const count = groups.filter((bars) => bars.some(({ symbol }) => symbol === symbols[1])).length
    expect((await buildRows(sourceOf(groups), schema, converters, count))[1]!.rows).toBe(count)
    await expect(buildRows(sourceOf(groups), schema, converters, count - 1)).rejects.toThrow(`rowsMax was ${count - 1}`)
  })

  test('a bar of an instrument that nobody described is refused', async () => {
    const strange = groups.slice(0, 1).map(([bar]) => [{ ...bar!, symbol: 'XRP/USDT:USDT' }])
    await expect(buildRows(sourceOf(strange), schema, converters)).rejects.toThrow('a bar of XRP/USDT:USDT')
  })

  test('peers that are no instruments are refused', async () => {
    const others = [converter({ ...BTCUSDT, symbol: 'XRP/USDT:USDT' })]
    await expect(buildRows(sourceOf([]), schema, others)).rejects.toThrow(symbols[0]!)
  })
})

describe('simulatedSource', () => {
  const rows = async (more: { seed?: number; alphaFlipAtBar?: number }) =>
    (await buildRows(simulatedSource({ ...run, bars: 60, ...more }), schema, converters))[0]!

  test('the flip of alpha changes prices from its bar on, and nothing before', async () => {
    const [plain, flipped] = [await rows({}), await rows({ alphaFlipAtBar: 30 })]
    expect(plain.rows).toBe(60)
    expect(plain.startAt[0]).toBe(START)
    expect(flipped.close.slice(0, 30)).toEqual(plain.close.slice(0, 30))
    expect(flipped.close.slice(30)).not.toEqual(plain.close.slice(30))
  })

  test('all that decides the bars is in the identity', () => {
    const settings = { ...run, bars: 60 }
    const changes = [
      {},
      { seed: 6 },
      { bars: 61 },
      { alphaFlipAtBar: 30 },
      { startAt: START + 1_000 },
      { markets: run.markets.map((market) => ({ ...market, alpha: 0.4 })) },
    ]
    const identities = changes.map((change) => simulatedSource({ ...settings, ...change } as typeof settings).identity)
    expect(new Set(identities).size).toBe(changes.length)
    expect(simulatedSource({ ...settings }).identity).toBe(identities[0])
  })
})
