import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type OrderReport, type OrderState, TERMINAL } from '../../src/core/order.ts'
import { epochMs, lots } from '../../src/core/units.ts'
import { type OrderEvent, type OrderStatus, stepOrder, TRANSITIONS } from '../../src/trading/order-lifecycle.ts'

const status = (state: OrderState, filledLots = 0, updatedAt = 0): OrderStatus => ({
  state,
  lots: 10,
  filledLots,
  updatedAt,
})
const report = (state: OrderReport['state'], filledLots = 0, updatedAt = 1): OrderEvent => ({
  kind: 'report',
  report: { state, filledLots: lots(filledLots), updatedAt: epochMs(updatedAt) },
})
const filled = (filledLots: number): OrderEvent => ({ kind: 'filled', filledLots })

describe('what a plain event makes of each state', () => {
  const states = Object.keys(TRANSITIONS) as OrderState[]
  const expected: Record<
    'sent' | 'accepted' | 'rejected' | 'lost' | 'absent',
    Partial<Record<OrderState, OrderState>>
  > = {
    sent: { intended: 'submitting' },
    accepted: { intended: 'open', submitting: 'open', unknown: 'open' },
    rejected: { intended: 'rejected', submitting: 'rejected', unknown: 'rejected' },
    lost: { intended: 'unknown', submitting: 'unknown' },
    absent: { intended: 'absent', unknown: 'absent', open: 'cancelled', partial: 'cancelled' },
  }
  const cases = Object.entries(expected).flatMap(([kind, moves]) =>
    states.map((from) => ({ kind: kind as keyof typeof expected, from, to: moves[from] ?? from })),
  )
  test.each(cases)('$kind: $from -> $to', ({ kind, from, to }) => {
    const step = stepOrder(status(from), { kind })
    expect(step.status.state).toBe(to)
    expect(step.change).toBe(from === to ? 'ignored' : 'moved')
  })
})

test.each<[string, OrderStatus, OrderEvent, OrderState, number, string]>([
  ['a report beats no answer', status('unknown'), report('open'), 'open', 0, 'moved'],
  ['a report before the answer', status('submitting'), report('filled', 10), 'filled', 10, 'moved'],
  ['progress', status('open', 0, 1), report('partial', 4, 2), 'partial', 4, 'moved'],
  ['an older report is stale', status('partial', 4, 5), report('open', 0, 4), 'partial', 4, 'ignored'],
  ['an older cancel is stale', status('open', 0, 5), report('cancelled', 0, 4), 'open', 0, 'ignored'],
  [
    'an older report still proves its fills',
    status('cancelled', 0, 5),
    report('partial', 4, 4),
    'cancelled',
    4,
    'moved',
  ],
  ['of equal age: forwards counts', status('open', 0, 5), report('partial', 4, 5), 'partial', 4, 'moved'],
  ['of equal age: backwards does not', status('cancelled', 0, 5), report('open', 0, 5), 'cancelled', 0, 'ignored'],
  ['a newer report of a dead order', status('cancelled', 0, 5), report('open', 0, 6), 'open', 0, 'correction'],
  ['an absent order that lives', status('absent'), report('open'), 'open', 0, 'correction'],
  ['a rejected order that lives', status('rejected'), report('partial', 1), 'partial', 1, 'correction'],
  ['filled is for good', status('filled', 10, 5), report('open', 0, 9), 'filled', 10, 'moved'],
  ['a trimmed order', status('open', 0, 1), report('filled', 6, 2), 'filled', 6, 'moved'],
  ['fewer fills than known', status('partial', 4, 1), report('open', 0, 2), 'partial', 4, 'moved'],
  ['rejected after fills is a cancel', status('partial', 4, 1), report('rejected', 4, 2), 'cancelled', 4, 'moved'],
  ['the last fill', status('partial', 9, 1), filled(10), 'filled', 10, 'moved'],
  ['not the last fill', status('open'), filled(9), 'partial', 9, 'moved'],
  ['a fill before the answer', status('submitting'), filled(3), 'partial', 3, 'moved'],
  ['a late fill after a cancel', status('cancelled', 0, 5), filled(9), 'cancelled', 9, 'moved'],
  ['nothing was left to cancel', status('cancelled', 9, 5), filled(10), 'filled', 10, 'correction'],
  ['a fill of an absent order', status('absent'), filled(2), 'partial', 2, 'correction'],
  ['a fill that the report told', status('partial', 4, 5), filled(4), 'partial', 4, 'ignored'],
  ['an overfill', status('filled', 10, 5), filled(11), 'filled', 11, 'moved'],
])('%s', (_name, before, event, state, filledLots, change) => {
  expect(stepOrder(before, event)).toMatchObject({ status: { state, filledLots }, change })
})

const anyEvent: fc.Arbitrary<OrderEvent> = fc.oneof(
  fc.constantFrom<OrderEvent>(
    ...(['sent', 'accepted', 'rejected', 'lost', 'absent'] as const).map((kind) => ({ kind })),
  ),
  fc
    .tuple(
      fc.constantFrom<OrderReport['state']>('open', 'partial', 'filled', 'cancelled', 'expired'),
      fc.nat(10),
      fc.nat(9),
    )
    .map(([state, count, at]) => report(state, count, at)),
  fc.nat(10).map(filled),
)

test('any events in any order: fills never shrink, time never runs back, every step is legal or a told correction', () => {
  fc.assert(
    fc.property(fc.array(anyEvent, { maxLength: 30 }), (events) => {
      let at = status('intended')
      for (const event of events) {
        const { status: next, change } = stepOrder(at, event)
        expect(next.filledLots).toBeGreaterThanOrEqual(at.filledLots)
        expect(next.updatedAt).toBeGreaterThanOrEqual(at.updatedAt)
        const isLegal = next.state === at.state || TRANSITIONS[at.state].has(next.state)
        expect(isLegal || change === 'correction').toBe(true)
        if (TERMINAL.has(at.state) && next.state !== at.state) expect(change).toBe('correction')
        if (change === 'ignored') expect(next).toEqual(at)
        expect(stepOrder(next, event).status).toEqual(next) // Twice is once.
        at = next
      }
    }),
  )
})

test('reports in any order end where the newest says', () => {
  const life = [report('open', 0, 1), report('partial', 3, 2), report('partial', 6, 3), report('cancelled', 6, 4)]
  fc.assert(
    fc.property(fc.shuffledSubarray(life, { minLength: life.length }), (events) => {
      const end = events.reduce((at, event) => stepOrder(at, event).status, status('submitting'))
      expect(end).toEqual({ state: 'cancelled', lots: 10, filledLots: 6, updatedAt: 4 })
    }),
  )
})
