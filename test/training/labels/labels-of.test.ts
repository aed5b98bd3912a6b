import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { InputError } from '../../../src/core/errors.ts'
import type { LabelSettings } from '../../../src/training/labels/label-settings.ts'
import { labelsOf } from '../../../src/training/labels/labels-of.ts'
import type { RowLabel } from '../../../src/training/labels/row-label.ts'
import type { GivenRow } from '../row-tables.ts'
import { headOf, tableOf } from '../row-tables.ts'
import { atBps, walks } from './random-tables.ts'

const HALF_LIFE = 2
const plain: LabelSettings = { kind: 'return', costBps: 0 }
const barrier: LabelSettings = {
  ...{ kind: 'triple-barrier', upper: 1, lower: 1.5, volatilityHalfLifeBars: HALF_LIFE, costBps: 3 },
}
const meta: LabelSettings = { kind: 'meta', costBps: 3, sideFeature: 'x' }
const barriers = { profit: 1, stop: 0.5, volatilityHalfLifeBars: HALF_LIFE }

describe('return', () => {
  const table = tableOf([0, 10, 10, 40, 5].map((bps) => ({ mid: atBps(bps) })))

  test.each<[string, number, number, number]>([
    ['that of the mids over the horizon', 0, 0, 10],
    ['less what a round trip costs', 4, 0, 6],
    ['0 where the cost is the whole move', 10, 0, 0],
    ['0 where the cost is more', 11, 0, 0],
    ['of either sign', 2, 2, -3],
  ])('%s', (_name, costBps, row, expected) => {
    const label = labelsOf(table, 2, { kind: 'return', costBps })(row)!
    expect(label.targetBps).toBeCloseTo(expected, 9)
    expect(label.end).toBe(row + 2)
  })

  test('with the variance of the bars on the way', () => {
    expect(labelsOf(table, 2, plain)(1)!.varianceBps2).toBeCloseTo(0 + 30 ** 2, 6)
    expect(labelsOf(table, 2, plain)(3)).toBeUndefined()
  })
})

/** Returns of ±10 bps up to row 2, which stands at 0: a volatility of 10 a bar, 20 over four bars. Then `future`, in bps. */
const following = (
  future: readonly { mid: number; open?: number; high?: number; low?: number }[],
  side = 1,
): GivenRow[] => [
  ...[0, 10, 0].map((bps) => ({ mid: atBps(bps), values: [side] })),
  ...future.map((bar) => ({
    values: [side],
    ...Object.fromEntries(Object.entries(bar).map(([name, bps]) => [name, atBps(bps)])),
    mid: atBps(bar.mid),
  })),
]
const QUIET = [{ mid: 1 }, { mid: 2 }, { mid: 3 }, { mid: 4 }]
const withBar = (at: number, bar: { mid: number; open?: number; high?: number; low?: number }) =>
  QUIET.map((quiet, i) => (i === at ? bar : quiet))

describe('triple barrier at +20 and −30, costs of 3', () => {
  test.each<[string, Parameters<typeof following>[0], number, number]>([
    ['nothing touched: the return at the horizon', QUIET, 1, 6],
    ['just under the upper', withBar(1, { mid: 2, high: 19.999 }), 1, 6],
    ['the upper, within the bar', withBar(1, { mid: 2, high: 20.001 }), 17, 4],
    ['just above the lower', withBar(1, { mid: 2, low: -29.999 }), 1, 6],
    ['the lower, within the bar', withBar(1, { mid: 2, low: -30.001 }), -27, 4],
    ['both in one bar pay nobody', withBar(1, { mid: 2, low: -31, high: 21 }), 0, 4],
    ['both, but the bar began past the upper', withBar(1, { mid: 2, open: 21, low: -31, high: 21 }), 17, 4],
    ['both, but the bar began past the lower', withBar(1, { mid: 2, open: -31, low: -31, high: 21 }), -27, 4],
    ['the first of two', [{ mid: 2, low: -31 }, { mid: 2, high: 25 }, { mid: 0 }, { mid: 0 }], -27, 3],
    ['in the last bar of the horizon', withBar(3, { mid: 2, high: 21 }), 17, 6],
  ])('%s', (_name, future, targetBps, end) => {
    const label = labelsOf(tableOf(following(future)), 4, barrier)(2)!
    expect(label.targetBps).toBeCloseTo(targetBps, 9)
    expect(label.end).toBe(end)
  })

  test('no label while the volatility warms up, where nothing moves, or where data end before a touch', () => {
    const labelOf = labelsOf(tableOf(following(QUIET)), 4, barrier)
    expect([labelOf(0), labelOf(1), labelOf(3)]).toEqual([undefined, undefined, undefined])
    const still = tableOf(Array.from({ length: 10 }, () => ({ mid: 100 })))
    expect(labelsOf(still, 4, barrier)(4)).toBeUndefined()
    const early = tableOf(following(withBar(0, { mid: 2, high: 25 })).slice(0, 4))
    expect(labelsOf(early, 4, barrier)(2)?.end).toBe(3)
  })
})

describe('meta-label of a side, profit at 20, stop at 10, costs of 3', () => {
  const settings: LabelSettings = { ...meta, barriers }
  test.each<[string, number, Parameters<typeof following>[0], number, number]>([
    ['long, nothing touched', 1, QUIET, 4 - 3, 6],
    ['short, nothing touched', -1, QUIET, -4 - 3, 6],
    ['long takes its profit', 1, withBar(1, { mid: 2, high: 20.001 }), 17, 4],
    ['long just does not', 1, withBar(1, { mid: 2, high: 19.999 }), 1, 6],
    ['long is stopped', 1, withBar(1, { mid: 2, low: -10.001 }), -13, 4],
    ['long is just not', 1, withBar(1, { mid: 2, low: -9.999 }), 1, 6],
    ['short takes its profit', -1, withBar(1, { mid: 2, low: -20.001 }), 17, 4],
    ['short is stopped', -1, withBar(1, { mid: 2, high: 10.001 }), -13, 4],
    ['of both the stop counts', 1, withBar(1, { mid: 2, high: 21, low: -11 }), -13, 4],
    ['of both the stop counts, short', -1, withBar(1, { mid: 2, high: 11, low: -21 }), -13, 4],
    ['a leap over the stop costs more', 1, withBar(1, { mid: 2, open: -15, low: -16 }), -18, 4],
    ['a leap over the profit brings no more', 1, withBar(1, { mid: 30, open: 25, high: 31 }), 17, 4],
  ])('%s', (_name, side, future, targetBps, end) => {
    const label = labelsOf(tableOf(following(future, side)), 4, settings)(2)!
    expect(label.targetBps).toBeCloseTo(targetBps, 9)
    expect(label.end).toBe(end)
  })

  test('no side, no label; sides may be given instead', () => {
    const table = tableOf(following(QUIET, 0))
    expect(labelsOf(table, 4, meta)(2)).toBeUndefined()
    expect(
      labelsOf(table, 4, { kind: 'meta', costBps: 0 }, Int8Array.of(0, 0, -1, 0, 0, 0, 0))(2)?.targetBps,
    ).toBeCloseTo(-4, 9)
    expect(() => labelsOf(table, 4, { kind: 'meta', costBps: 0 })).toThrow(InputError)
    expect(() => labelsOf(table, 4, { ...meta, sideFeature: 'y' })).toThrow(/labels\.sideFeature was y; .*: x$/)
  })
})

const every: readonly LabelSettings[] = [plain, { ...plain, costBps: 5 }, barrier, meta, { ...meta, barriers }]

describe.each(every.map((settings) => [JSON.stringify(settings), settings] as const))('%s', (_name, settings) => {
  test('a label knows nothing after its end: the rest may be cut off or be anything', () => {
    fc.assert(
      fc.property(walks, walks, fc.integer({ min: 1, max: 6 }), (rows, others, horizonBars) => {
        const table = tableOf(rows)
        const labelOf = labelsOf(table, horizonBars, settings)
        for (let row = 0; row < table.rows; row += 1) {
          const label = labelOf(row)
          if (label === undefined) continue
          expect(label.end).toBeGreaterThan(row)
          expect(label.end).toBeLessThanOrEqual(row + horizonBars)
          expect(labelsOf(headOf(table, label.end + 1), horizonBars, settings)(row)).toEqual(label)
          const changed = tableOf([...rows.slice(0, label.end + 1), ...others])
          expect(labelsOf(changed, horizonBars, settings)(row)).toEqual(label)
        }
      }),
      { numRuns: 60 },
    )
  })

  test('is that of the rule, read word by word', () => {
    fc.assert(
      fc.property(walks, fc.integer({ min: 1, max: 6 }), (rows, horizonBars) => {
        const labelOf = labelsOf(tableOf(rows), horizonBars, settings)
        for (const row of rows.keys()) {
          const [found, expected] = [labelOf(row), naiveLabel(rows, row, horizonBars, settings)]
          expect(found?.end).toBe(expected?.end)
          if (!found || !expected) continue
          expect(found.targetBps).toBeCloseTo(expected.targetBps, 7)
          expect(found.varianceBps2).toBeCloseTo(expected.varianceBps2, 5)
        }
      }),
      { numRuns: 150 },
    )
  })
})

const bpsOf = (price: number): number => 10_000 * Math.log(price / 100)

/** Whether bars `from` to `to` follow each other without taint. */
const isClean = (rows: readonly GivenRow[], from: number, to: number): boolean =>
  from >= 0 &&
  to < rows.length &&
  rows.slice(from, to + 1).every(({ tainted, hole }, i) => !tainted && (i === 0 || !hole))

/** Root of the weighted mean of all past squared returns, each weighed by its age in returns. */
function naiveVolatility(rows: readonly GivenRow[], row: number): number {
  const squares = rows
    .slice(0, row + 1)
    .flatMap(({ mid }, i) => (isClean(rows, i - 1, i) ? [(bpsOf(mid) - bpsOf(rows[i - 1]!.mid)) ** 2] : []))
  if (squares.length < HALF_LIFE) return Number.NaN
  const weights = squares.map((_, i) => 0.5 ** ((squares.length - 1 - i) / HALF_LIFE))
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  return Math.sqrt(squares.reduce((sum, square, i) => sum + square * weights[i]!, 0) / total)
}

function naiveLabel(
  rows: readonly GivenRow[],
  row: number,
  horizonBars: number,
  settings: LabelSettings,
): RowLabel | undefined {
  const from = bpsOf(rows[row]!.mid)
  const side = settings.kind === 'meta' ? rows[row]!.values![0]! : 1
  if (side === 0) return undefined
  const exit = naiveExit(rows, row, horizonBars, settings, side)
  if (!exit || !isClean(rows, row, exit.end)) return undefined
  const { end } = exit
  const r = exit.bps ?? bpsOf(rows[end]!.mid) - from
  const squares = rows.slice(row + 1, end + 1).map(({ mid }, i) => (bpsOf(mid) - bpsOf(rows[row + i]!.mid)) ** 2)
  const { costBps } = settings
  const net = settings.kind === 'meta' ? side * r - costBps : Math.sign(r) * Math.max(Math.abs(r) - costBps, 0)
  return { targetBps: net, varianceBps2: squares.reduce((sum, square) => sum + square, 0), end }
}

/** Where a row's label ends; `bps`: its return where that is not the mid's. */
function naiveExit(
  rows: readonly GivenRow[],
  row: number,
  horizonBars: number,
  settings: LabelSettings,
  side: number,
): { readonly end: number; readonly bps?: number } | undefined {
  const horizon = { end: row + horizonBars }
  const used = settings.kind === 'meta' ? settings.barriers : settings
  if (used === undefined || settings.kind === 'return') return horizon
  const deviation = naiveVolatility(rows, row) * Math.sqrt(horizonBars)
  if (!(deviation > 0)) return undefined
  const [above, below] =
    'upper' in used ? [used.upper, used.lower] : 'profit' in used ? [used.profit, used.stop] : [0, 0]
  const upper = deviation * (side > 0 ? above : below)
  const lower = -deviation * (side > 0 ? below : above)
  const from = bpsOf(rows[row]!.mid)
  for (let end = row + 1; end <= row + horizonBars && end < rows.length; end += 1) {
    const { open, high, low } = rows[end]!
    const [begins, most, least] = [bpsOf(open!) - from, bpsOf(high!) - from, bpsOf(low!) - from]
    const isUp = most >= upper
    const isDown = least <= lower
    if (!isUp && !isDown) continue
    const first = begins >= upper ? 'up' : begins <= lower ? 'down' : isUp && isDown ? 'unknown' : isUp ? 'up' : 'down'
    if (settings.kind === 'triple-barrier') return { end, bps: first === 'up' ? upper : first === 'down' ? lower : 0 }
    const profits = first === (side > 0 ? 'up' : 'down')
    if (profits) return { end, bps: side > 0 ? upper : lower }
    return { end, bps: side > 0 ? Math.min(lower, begins) : Math.max(upper, begins) }
  }
  return horizon
}
