import { describe, expect, test } from 'vitest'
import { openState } from '../../../src/adapters/sqlite/open-state.ts'
import { epochMs } from '../../../src/core/units.ts'
import { FRESH_GUARD, stepGuard } from '../../../src/risk/guard.ts'
import { guardStore } from '../../../src/wiring/daemon/guard-store.ts'
import { LIMITS } from '../session/support/scripted-session.ts'

const at = epochMs(1_700_000_000_000)
const equity = (equityQuote: number) => ({ kind: 'equity', at, equityQuote }) as const

describe('guardStore', () => {
  test('latches, the start of the day and the peak survive a restart', () => {
    const { journal } = openState(':memory:', { mode: 'demo', venue: 'test' })
    const store = guardStore(journal)
    expect(store.load()).toEqual({ ...FRESH_GUARD, equity: undefined })
    let guard = stepGuard(store.load(), equity(10_000), LIMITS)
    store.save(guard)
    guard = stepGuard(guard, equity(12_000), LIMITS)
    store.save(guard)
    guard = stepGuard(guard, { kind: 'kill', at, detail: 'by hand' }, LIMITS)
    store.save(guard)
    const again = guardStore(journal).load()
    expect(again.latches.kill).toEqual({ at, detail: 'by hand' })
    expect(again.equity).toMatchObject({ dayStartQuote: 10_000, peakQuote: 12_000 })
  })

  test('a reading that is no number is never written', () => {
    const { journal } = openState(':memory:', { mode: 'demo', venue: 'test' })
    const store = guardStore(journal)
    const guard = stepGuard(stepGuard(store.load(), equity(10_000), LIMITS), equity(Number.NaN), LIMITS)
    store.save(guard)
    expect(guardStore(journal).load().equity).toBeUndefined()
  })
})
