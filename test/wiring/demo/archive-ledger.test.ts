import { existsSync, mkdtempSync, readdirSync, rmSync, utimesSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openState } from '../../../src/adapters/sqlite/open-state.ts'
import { archiveLedger, ledgerVenue } from '../../../src/wiring/demo/archive-ledger.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'archive-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const ledger = () => join(folder, 'demo.sqlite')
const openAs = (venue: string) => openState(ledger(), { mode: 'demo', venue })

describe('archiveLedger', () => {
  test('puts the ledger aside whole, so that a new one can begin', () => {
    openAs('exchange/old').close()
    expect(ledgerVenue(ledger())).toBe('exchange/old')
    const target = archiveLedger(ledger())
    expect(existsSync(ledger())).toBe(false)
    expect(ledgerVenue(target)).toBe('exchange/old')
    openAs('exchange/new').close()
    expect(ledgerVenue(ledger())).toBe('exchange/new')
  })

  test('refuses while a daemon holds the ledger, and leaves it', () => {
    const state = openAs('exchange/old')
    expect(() => archiveLedger(ledger())).toThrow(/in use by process/)
    expect(existsSync(ledger())).toBe(true)
    state.close()
  })

  test('keeps the newest five', () => {
    for (let round = 0; round < 7; round += 1) {
      openAs(`exchange/${round}`).close()
      const at = new Date(1_700_000_000_000 + round * 1_000)
      utimesSync(ledger(), at, at)
      archiveLedger(ledger())
    }
    const kept = readdirSync(join(folder, 'archive'))
      .filter((name) => name.endsWith('.sqlite'))
      .sort()
    expect(kept.map((name) => ledgerVenue(join(folder, 'archive', name)))).toEqual(
      [2, 3, 4, 5, 6].map((n) => `exchange/${n}`),
    )
  })
})
