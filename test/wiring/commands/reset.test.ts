import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openState } from '../../../src/adapters/sqlite/open-state.ts'
import { epochMs } from '../../../src/core/units.ts'
import { stepGuard } from '../../../src/risk/guard.ts'
import { resetCommand } from '../../../src/wiring/commands/reset.ts'
import { guardStore } from '../../../src/wiring/daemon/guard-store.ts'
import { LIMITS } from '../session/support/scripted-session.ts'
import { fakeIo } from './fake-io.ts'

const at = epochMs(1_700_000_000_000)
const OWNER = { mode: 'paper', venue: 'binanceusdm/main' }
let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'reset-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const open = () => openState(join(folder, 'paper.sqlite'), OWNER)

function latched() {
  const state = open()
  const store = guardStore(state.journal)
  let guard = stepGuard(store.load(), { kind: 'equity', at, equityQuote: 20_000 }, LIMITS)
  guard = stepGuard(guard, { kind: 'equity', at, equityQuote: 12_000 }, LIMITS)
  store.save(guard)
  return { state, names: Object.keys(guard.latches) }
}

describe('tickwright reset', () => {
  test('clears the latch, and the measure begins afresh: the next reading does not set it again', async () => {
    const { state, names } = latched()
    expect(names).toEqual(['daily-loss'])
    state.close()
    const { io, out } = fakeIo()
    expect(await resetCommand({ state: folder, mode: 'paper', latch: 'daily-loss' }, io)).toBe(0)
    expect(out[0]).toMatch(/^latch daily-loss cleared/)
    const again = open()
    const guard = guardStore(again.journal).load()
    expect(guard.latches).toEqual({})
    expect(stepGuard(guard, { kind: 'equity', at, equityQuote: 12_000 }, LIMITS).latches).toEqual({})
    again.close()
  })

  test('refuses a latch that is not set, naming those that are', async () => {
    latched().state.close()
    const reset = resetCommand({ state: folder, mode: 'paper', latch: 'kill' }, fakeIo().io)
    await expect(reset).rejects.toThrow(/"kill": it is not set .* set: daily-loss/)
  })

  test('refuses while the daemon runs', async () => {
    const { state } = latched()
    const reset = resetCommand({ state: folder, mode: 'paper', latch: 'daily-loss' }, fakeIo().io)
    await expect(reset).rejects.toThrow(/in use by process/)
    state.close()
  })
})
