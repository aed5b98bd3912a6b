import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { VENUE_IDS } from '../../../src/adapters/ccxt/venue-profile.ts'
import { systemClock } from '../../../src/adapters/clock/system-clock.ts'
import { openState } from '../../../src/adapters/sqlite/open-state.ts'
import { InputError } from '../../../src/core/errors.ts'
import { loadConfig } from '../../../src/wiring/config/load-config.ts'
import type { PaperConfig } from '../../../src/wiring/config/schema.ts'
import { paperVenue, VENUES } from '../../../src/wiring/daemon/venues.ts'
import { instrumentOf } from '../../adapters/ccxt/support/stub-venue.ts'

test('every venue has its own profile', () => {
  expect(Object.values(VENUES).map(({ profile }) => profile.id)).toEqual([...VENUE_IDS])
})

test('paper trades linear contracts and refuses inverse ones, whose profit is in another currency than its limits', () => {
  const config = loadConfig('config/paper.yaml') as PaperConfig
  const dir = mkdtempSync(join(tmpdir(), 'paper-'))
  const state = openState(join(dir, 'paper.sqlite'), { mode: 'paper', venue: 'bybit/main' })
  const linear = instrumentOf('BTC')
  const inverse = { ...instrumentOf('ETH'), symbol: 'ETH/USD:ETH', quote: 'USD', settle: 'ETH', inverse: true }
  expect(paperVenue(config, [linear], state.journal, systemClock()).gateway.venue).toBe('simulated')
  const refused = () => paperVenue(config, [linear, inverse], state.journal, systemClock())
  expect(refused).toThrow(InputError)
  expect(refused).toThrow(/^symbol ETH\/USD:ETH: mode paper trades no inverse contracts: its profit is in ETH/)
  state.close()
})
