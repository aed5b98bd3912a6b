import { expect, test } from 'vitest'
import { rowsHash } from '../../../src/wiring/trainer/rows-hash.ts'
import { rowsOfFamily } from '../../../src/wiring/trainer/rows-of-family.ts'
import type { TrainingRows } from '../../../src/wiring/trainer/training-rows.ts'
import { BTCUSDT, ETHUSDT } from '../../market/instruments.ts'
import { madeRows } from '../evaluation/made-rows.ts'

const tables = [BTCUSDT, ETHUSDT].map(({ symbol }, seed) => ({ ...madeRows({ seed, rows: 50 }), symbol }))
const all: TrainingRows = { tables, instruments: [BTCUSDT, ETHUSDT], dataHash: rowsHash(tables), source: 'made' }

test('a family learns from the rows of its own instruments, which are data of their own', () => {
  const own = rowsOfFamily(all, { symbols: [ETHUSDT.symbol] })
  expect(own).toEqual({ ...all, tables: [tables[1]], instruments: [ETHUSDT], dataHash: rowsHash([tables[1]!]) })
  expect(own.dataHash).not.toBe(all.dataHash)
})

test('one of all instruments learns from all, under the same hash as ever', () => {
  expect(rowsOfFamily(all, { symbols: [ETHUSDT.symbol, BTCUSDT.symbol] })).toBe(all)
})
