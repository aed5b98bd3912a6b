import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { epochMs } from '../../src/core/units.ts'
import { FRESH_GUARD, type Guard, type GuardEvent, stepGuard } from '../../src/risk/guard.ts'
import type { LatchName } from '../../src/risk/latches.ts'
import { maySend } from '../../src/risk/rate-limit.ts'

const DAY = 86_400_000
const LIMITS = {
  orderNotionalMaxQuote: 1,
  positionNotionalMaxQuote: 1,
  grossExposureMaxQuote: 1,
  leverageMax: 1,
  collarBpsMax: 1,
  referenceAgeMsMax: 1,
  messagesPerSecondMax: 4,
  messagesPerMinuteMax: 12,
  messageReserveFraction: 0.25,
  dailyLossMaxQuote: 100,
  drawdownMaxFraction: 0.2,
  executionsMax: 3,
  executionWindowMs: 1_000,
}

const run = (...events: GuardEvent[]): Guard =>
  events.reduce((guard, event) => stepGuard(guard, event, LIMITS), FRESH_GUARD)
const equity = (at: number, equityQuote: number): GuardEvent => ({ kind: 'equity', at: epochMs(at), equityQuote })
const execution = (at: number): GuardEvent => ({ kind: 'execution', at: epochMs(at) })
const set = ({ latches }: Guard) => Object.keys(latches)

describe('equity', () => {
  test.each<[string, GuardEvent[], string[]]>([
    ['a loss just below the day limit', [equity(0, 1_000), equity(1, 900.01)], []],
    ['at it', [equity(0, 1_000), equity(1, 900)], ['daily-loss']],
    ['counted from the last reading before midnight', [equity(0, 1_000), equity(DAY - 1, 950), equity(DAY, 860)], []],
    ['and again on that day', [equity(0, 1_000), equity(DAY - 1, 950), equity(DAY, 850)], ['daily-loss']],
    ['a gain before does not hide it', [equity(0, 1_000), equity(1, 1_050), equity(2, 901)], []],
    ['just below the drawdown', [equity(0, 400), equity(DAY, 450), equity(2 * DAY, 360.1)], []],
    ['at it', [equity(0, 400), equity(DAY, 450), equity(2 * DAY, 360)], ['drawdown']],
    ['what is no number latches nothing', [equity(0, 1_000), equity(1, Number.NaN)], []],
    ['nor loses the day', [equity(0, 1_000), equity(1, Number.NaN), equity(2, 900)], ['daily-loss']],
    ['nothing left', [equity(0, 0)], ['drawdown']],
  ])('%s', (_name, events, expected) => {
    expect(set(run(...events))).toEqual(expected)
  })

  test('a reset starts the measure afresh', () => {
    const latched = run(equity(0, 1_000), equity(1, 790))
    expect(set(latched)).toEqual(['daily-loss', 'drawdown'])
    const cleared = (['daily-loss', 'drawdown'] as const).reduce(
      (guard, latch) => stepGuard(guard, { kind: 'reset', at: epochMs(2), latch }, LIMITS),
      latched,
    )
    expect(set(stepGuard(cleared, equity(3, 780), LIMITS))).toEqual([])
    expect(set(stepGuard(cleared, equity(3, 690), LIMITS))).toEqual(['daily-loss'])
  })
})

describe('repeated executions', () => {
  test.each<[string, GuardEvent[], string[]]>([
    ['two in the window', [execution(0), execution(999)], []],
    ['three in the window', [execution(0), execution(500), execution(999)], ['throttle']],
    ['the first has left it', [execution(0), execution(500), execution(1_000)], []],
  ])('%s', (_name, events, expected) => {
    expect(set(run(...events))).toEqual(expected)
  })

  test('the memory is bounded, and empty after a reset', () => {
    const guard = run(...Array.from({ length: 50 }, () => execution(1)))
    expect(guard.executions).toHaveLength(3)
    expect(stepGuard(guard, { kind: 'reset', at: epochMs(2), latch: 'throttle' }, LIMITS)).toMatchObject({
      executions: [],
      latches: {},
    })
  })
})

describe('latches', () => {
  test('keep their first time and reason', () => {
    const guard = run(
      { kind: 'kill', at: epochMs(1), detail: 'first' },
      { kind: 'kill', at: epochMs(2), detail: 'second' },
    )
    expect(guard.latches.kill).toEqual({ at: 1, detail: 'first' })
  })

  test('are only ever set, but for a reset of their own name', () => {
    const at = fc.nat(3 * DAY).map(epochMs)
    const names: LatchName[] = ['kill', 'daily-loss', 'drawdown', 'throttle']
    const event: fc.Arbitrary<GuardEvent> = fc.oneof(
      fc.record({ kind: fc.constant('equity' as const), at, equityQuote: fc.double({ min: -100, max: 2_000 }) }),
      fc.record({ kind: fc.constant('message' as const), at }),
      fc.record({ kind: fc.constant('execution' as const), at }),
      fc.record({ kind: fc.constant('kill' as const), at, detail: fc.string() }),
      fc.record({ kind: fc.constant('reset' as const), at, latch: fc.constantFrom(...names) }),
    )
    fc.assert(
      fc.property(fc.array(event, { maxLength: 40 }), (events) => {
        let guard = FRESH_GUARD
        for (const next of events) {
          const before = guard.latches
          guard = stepGuard(guard, next, LIMITS)
          for (const name of names) {
            if (next.kind === 'reset' && next.latch === name) expect(guard.latches[name]).toBeUndefined()
            else if (before[name]) expect(guard.latches[name]).toEqual(before[name])
          }
        }
        expect(structuredClone(guard)).toEqual(guard) // Plain data: it can be stored.
      }),
    )
  })
})

describe('message rate', () => {
  const send = (guard: Guard, at: number) => stepGuard(guard, { kind: 'message', at: epochMs(at) }, LIMITS)
  const may = ({ rate }: Guard, at: number, purpose: 'entry' | 'exit') => maySend(LIMITS, rate, epochMs(at), purpose)

  test('three entries a second, the fourth message for exits, then none until the refill', () => {
    let guard = FRESH_GUARD
    for (let n = 0; n < 3; n++) {
      expect(may(guard, 0, 'entry')).toBe(true)
      guard = send(guard, 0)
    }
    expect(may(guard, 0, 'entry')).toBe(false)
    expect(may(guard, 0, 'exit')).toBe(true)
    guard = send(guard, 0)
    expect(may(guard, 0, 'exit')).toBe(false)
    expect(may(guard, 249, 'exit')).toBe(false)
    expect(may(guard, 250, 'exit')).toBe(true)
    expect(may(guard, 499, 'entry')).toBe(false)
    expect(may(guard, 500, 'entry')).toBe(true)
  })

  test('the minute limits what the second allows', () => {
    let guard = FRESH_GUARD
    let sent = 0
    for (let at = 0; at < 20_000; at += 250) {
      if (!may(guard, at, 'exit')) continue
      guard = send(guard, at)
      sent += 1
    }
    expect(sent).toBe(15) // Twelve, and one refilled every five seconds.
  })

  test('time running back refills nothing', () => {
    let guard = FRESH_GUARD
    for (let n = 0; n < 4; n++) guard = send(guard, 10_000)
    expect(may(send(guard, 0), 10_000, 'exit')).toBe(false)
  })

  test('a limit of one leaves no reserve, but lets an entry go', () => {
    const limits = { ...LIMITS, messagesPerSecondMax: 1 }
    expect(maySend(limits, FRESH_GUARD.rate, epochMs(0), 'entry')).toBe(true)
  })
})
