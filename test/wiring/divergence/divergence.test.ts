import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Big from 'big.js'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { InputError } from '../../../src/core/errors.ts'
import type { OrderRow } from '../../../src/report/divergence/divergence-report.ts'
import { type DivergenceOptions, divergenceCommand } from '../../../src/wiring/commands/divergence.ts'
import type { Divergence } from '../../../src/wiring/divergence/divergence-of.ts'
import type { Io } from '../../../src/wiring/io.ts'
import { workspace } from '../../support/workspace.ts'
import { paperJournal } from './support/paper-journal.ts'
import { type PlannedOrder, recordSession } from './support/recorded-session.ts'

const space = workspace()
const folder = mkdtempSync(join(tmpdir(), 'tickwright-divergence-'))
afterAll(() => {
  space.remove()
  rmSync(folder, { recursive: true, force: true })
})
const config = space.config('demo')
const MS = 45_000
const DEPTH_MS = 100

/** Small and large, both ways. `phaseMs`: of the arrival, after the exchange has told its book. */
const planned = (count: number, phaseMs: (nth: number) => number): PlannedOrder[] =>
  Array.from({ length: count }, (_, nth) => {
    const entryMs = 3 + ((nth * 7) % 40)
    const sentMs = 1_000 + nth * 10 * DEPTH_MS + phaseMs(nth) - entryMs
    return { sentMs, entryMs, side: nth % 3 === 0 ? 'buy' : 'sell', lots: 5 + ((nth * 131) % 700), collarTicks: 30 }
  })
const ALIGNED = planned(40, () => 0)
const ANY_TIME = planned(40, (nth) => (nth * 37) % DEPTH_MS)

async function run(options: Partial<DivergenceOptions> & { readonly session: readonly string[] }) {
  const lines: string[] = []
  const io = { out: (text: string) => void lines.push(text), err: () => undefined } as unknown as Io
  const code = await divergenceCommand({ config, json: true, ...options }, io)
  return { code, text: lines.join('\n'), said: () => JSON.parse(lines.at(-1) ?? '{}') as Divergence }
}
const refusal = async (options: Parameters<typeof run>[0]): Promise<string> => {
  const error: unknown = await run(options).then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  expect(error).toBeInstanceOf(InputError)
  return (error as Error).message
}
const sumsUp = ({ parts, real, simulated }: OrderRow): boolean => {
  const sum = new Big(parts.fill).plus(parts.latency).plus(parts.price).plus(parts.fee)
  return sum.eq(parts.total) && new Big(simulated.pnl).minus(real.pnl).eq(parts.total)
}

describe('a demo session whose latencies are known', () => {
  const dir = join(folder, 'known')
  const state = join(dir, 'state')
  const plan = { ms: MS, offsetMs: 1_234, feedMs: 8, responseMs: 5 }
  let tape: string
  beforeAll(() => {
    tape = recordSession(dir, { ...plan, orders: ALIGNED })
  })

  test('orders that arrive when the tape knows the whole book fill as they did, to the lot', async () => {
    const { report, latency, setAside } = (await run({ session: [tape], state })).said()
    expect(report.totals).toMatchObject({ orders: ALIGNED.length, fillsEqual: ALIGNED.length, fillsEqualShare: 1 })
    expect(report.orders.every(({ real }) => real.filledLots > 0)).toBe(true)
    expect(report.totals.parts).toMatchObject({ fill: '0', latency: '0', price: '0' })
    expect(setAside).toEqual({ late: 0, unresolved: 0, withoutBook: 0 })
    expect(latency.sources).toEqual({ measured: ALIGNED.length })
    expect(latency.responseMs.median).toBeCloseTo(5, 6)
    expect(latency.feedMs.median).toBeGreaterThanOrEqual(8)
    for (const [nth, order] of report.orders.entries()) {
      expect(order.latency.entryMs).toBeCloseTo(ALIGNED[nth]!.entryMs, 6)
    }
  })

  test('another latency than the real one is told apart from price and fill, and all adds up', async () => {
    const { report, latency } = (await run({ session: [tape], state, latency: 400 })).said()
    expect(latency.sources).toEqual({ given: ALIGNED.length })
    expect(report.totals.fillsEqualShare).toBeLessThan(0.9)
    expect(Number(report.totals.parts.latency)).not.toBe(0)
    expect(report.orders.every(sumsUp)).toBe(true)
    const total = report.orders.reduce((sum, { parts }) => sum.plus(parts.total), new Big(0))
    expect(total.eq(report.totals.parts.total)).toBe(true)
  })

  test('a table for people, and a page that loads nothing', async () => {
    const out = join(dir, 'report.html')
    const { text, code } = await run({ session: [tape], state, json: false, out })
    expect(code).toBe(0)
    expect(text).toContain('40 orders: 40 (100.0 %) filled alike')
    expect(text).toContain('40 measured both ways')
    expect(text).toContain(`page: ${out}`)
    const page = readFileSync(out, 'utf8')
    expect(page).toContain('Recorded demo session against its simulation')
    expect(page).not.toMatch(/(src|href)="http/)
  })

  test('a page under another name is refused before anything is read', async () => {
    const out = join(dir, 'report.txt')
    expect(await refusal({ session: [tape], state, out })).toContain('must end in .html')
    expect(existsSync(out)).toBe(false)
  })
})

describe('orders at all phases of the depth stream', () => {
  const shareOf = async (name: string, streams?: readonly string[]): Promise<number> => {
    const dir = join(folder, name)
    const tape = recordSession(dir, { ms: MS, orders: ANY_TIME, ...(streams ? { streams } : {}) })
    const { report } = (await run({ session: [tape], state: join(dir, 'state') })).said()
    expect(report.orders.every(sumsUp)).toBe(true)
    return report.totals.fillsEqualShare
  }

  test('best quotes tell what the book, 100 ms old, does not: without them fewer orders fill as they did', async () => {
    const blind = await shareOf('blind', ['btcusdt@depth@100ms', 'btcusdt@aggTrade'])
    const seeing = await shareOf('seeing')
    expect(seeing).toBeGreaterThanOrEqual(0.9)
    expect(blind).toBeLessThan(seeing)
  })
})

test('a paper session fills alike, resting orders too: its venue is the same and saw the same', async () => {
  const dir = join(folder, 'paper')
  const orders = planned(30, (nth) => nth).map((order, nth): PlannedOrder => {
    if (nth % 3 !== 0) return order
    const rests = { ...order, timeInForce: nth % 2 === 0 ? 'GTC' : 'GTX', collarTicks: -40, lots: 20 } as const
    return nth % 2 === 0 ? { ...rests, cancelMs: order.sentMs + 300 } : rests
  })
  const tape = recordSession(dir, { ms: MS, orders: [], mode: 'paper', heardAt: orders.map(({ sentMs }) => sentMs) })
  await paperJournal(dir, tape, orders, 30)
  const { report, latency } = (
    await run({ session: [tape], state: join(dir, 'state'), config: space.config('paper') })
  ).said()
  expect(report.totals).toMatchObject({ orders: orders.length, fillsEqualShare: 1 })
  expect(
    report.orders.filter(({ timeInForce, real }) => timeInForce !== 'IOC' && real.filledLots > 0).length,
  ).toBeGreaterThan(2)
  expect(report.orders.filter(({ simulated }) => simulated.state === 'cancelled').length).toBeGreaterThan(0)
  for (const { real, simulated } of report.orders) expect(simulated.state).toBe(real.state)
  expect(latency.entryMs).toEqual({ median: 30, p99: 30 })
})

describe('refused, and why', () => {
  const dir = join(folder, 'refused')
  const state = join(dir, 'state')
  const orders = ALIGNED.slice(0, 2)
  const make = (name: string, plan: Partial<Parameters<typeof recordSession>[1]> = {}) => {
    const where = join(dir, name)
    return { tape: recordSession(where, { ms: 3_000, orders, ...plan }), state: join(where, 'state') }
  }

  test('a state folder without the ledger of the mode', async () => {
    const { tape } = make('no-ledger')
    expect(await refusal({ session: [tape], state })).toContain(`state folder ${state} holds no demo.sqlite`)
  })

  test('the configuration of another mode', async () => {
    const { tape, state: own } = make('mode')
    const message = await refusal({ session: [tape], state: own, config: space.config('paper') })
    expect(message).toContain('mode was paper')
    expect(message).toContain('recorded in mode demo')
  })

  test('a tape of a recorder, which sends no orders', async () => {
    const { tape, state: own } = make('recorder', { mode: 'record', journalMode: 'demo' })
    expect(await refusal({ session: [tape], state: own })).toContain('recorded in mode record, which sends no orders')
  })

  test('a journal of another ledger', async () => {
    const { tape, state: own } = make('other', { journalTag: 'other' })
    expect(await refusal({ session: [tape], state: own })).toContain(
      'not one of the ledger that the tapes are of (test)',
    )
  })

  test('a journal of another time', async () => {
    const { tape } = make('here')
    const { state: elsewhere } = make('there', {
      orders: orders.map((one) => ({ ...one, sentMs: one.sentMs + 100_000 })),
      ms: 104_000,
    })
    expect(await refusal({ session: [tape], state: elsewhere })).toMatch(/none of its 2 orders was sent from .* to .*/)
  })
})
