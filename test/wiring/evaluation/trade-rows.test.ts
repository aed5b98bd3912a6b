import { expect, test } from 'vitest'
import type { Watched } from '../../../src/inference/oversight/oversight.ts'
import { LEVELS } from '../../../src/model/forecaster-outputs.ts'
import { tradeRows } from '../../../src/wiring/evaluation/trade-rows.ts'
import { madeRows, START_AT, TERMS } from './made-rows.ts'

const tables = [
  madeRows({ seed: 1, rows: 60, missing: [20, 21] }),
  madeRows({ seed: 2, rows: 60, symbol: 'ETH/USDT:USDT', missing: [30] }),
]
/** Table, row, mean. */
const FORECASTS = [
  [0, 10, 30],
  [1, 12, -30],
  [0, 15, -30],
  [1, 40, 30],
  [0, 50, 0],
] as const
const forecasts = {
  outputs: {
    mean: Float32Array.from(FORECASTS, ([, , mean]) => mean),
    volatility: new Float32Array(FORECASTS.length).fill(5),
    quantiles: Float32Array.from(FORECASTS.flatMap(([, , mean]) => LEVELS.map((level) => mean + level))),
    classes: new Float32Array(3 * FORECASTS.length).fill(1 / 3),
  },
  series: Int32Array.from(FORECASTS, ([table]) => table),
  endAt: Float64Array.from(FORECASTS, ([table, row]) => tables[table]!.endAt[row]!),
  horizonBars: 3,
  thresholdBps: 1,
}

test('every moment from the first forecast to the last is played, one change of equity each', async () => {
  const { endAt, pnl, record } = await tradeRows(tables, forecasts, TERMS)
  const [first, last] = [tables[0]!.endAt[10]!, tables[0]!.endAt[50]!]
  const moments = [...new Set(tables.flatMap((table) => [...table.endAt]))].filter((at) => at >= first && at <= last)
  expect([...endAt]).toEqual(moments.sort((a, b) => a - b))
  expect(pnl).toHaveLength(endAt.length)
  // Nothing is held before an order of the first close can have filled.
  expect(pnl[0]).toBe(0)
  const net = pnl.reduce((sum, one) => sum + one, 0)
  expect(net).toBeCloseTo(
    record.trips.reduce((sum, { netPnl }) => sum + netPnl, 0),
    6,
  )
  const firstOf = (symbol: string) =>
    record.trips
      .filter((trip) => trip.symbol === symbol)
      .map(({ side, openedAt }) => ({ side, second: Math.floor((openedAt - START_AT) / 1_000) }))
      .sort((one, other) => one.second - other.second)[0]
  // Rows 10 and 12 close at the seconds 11 and 13; what follows them fills in the next bar.
  expect(firstOf('BTC/USDT:USDT')).toEqual({ side: 'buy', second: 11 })
  expect(firstOf('ETH/USDT:USDT')).toEqual({ side: 'sell', second: 13 })
})

test('oversight sees each moment once and has its way', async () => {
  const seen: Watched[][] = []
  const watch = {
    step(closed: readonly Watched[]) {
      seen.push([...closed])
      return Object.fromEntries(closed.map(({ window }) => [window.row.bar.symbol, { sizeFactor: 0 }]))
    },
  }
  const { endAt, record } = await tradeRows(tables, forecasts, TERMS, watch)
  expect(record.trips).toEqual([])
  expect(seen).toHaveLength(endAt.length)
  expect(seen.flat().filter(({ forecast }) => forecast !== undefined)).toHaveLength(FORECASTS.length)
})

test('no forecast at all is refused', async () => {
  const none = { ...forecasts, endAt: new Float64Array(0), series: new Int32Array(0) }
  await expect(tradeRows(tables, none, TERMS)).rejects.toThrow('there is no forecast to trade')
})
