import { describe, expect, test } from 'vitest'
import { planSockets } from '../../../src/adapters/ccxt/feed-sockets.ts'
import type { VenueProfile } from '../../../src/adapters/ccxt/venue-profile.ts'
import { binanceusdm } from '../../../src/adapters/ccxt/venues/binanceusdm.ts'
import { bybit } from '../../../src/adapters/ccxt/venues/bybit.ts'
import { okx } from '../../../src/adapters/ccxt/venues/okx.ts'
import type { Instrument } from '../../../src/core/instrument.ts'
import { instrumentOf } from './support/stub-venue.ts'

const plan = (profile: VenueProfile, instruments: readonly Instrument[]) =>
  planSockets(profile, instruments, (group, index) => `ws://${group}/${index}`).map(({ url, topics, instruments }) => ({
    url,
    topics: topics.length,
    instruments: instruments.size,
  }))
const many = (count: number, inverse = false) =>
  Array.from({ length: count }, (_, index) => ({ ...instrumentOf(`C${index}${inverse ? 'I' : ''}`), inverse }))

describe('instruments over sockets', () => {
  test('as many as their topics allow, one more begins the next', () => {
    expect(plan(binanceusdm, many(33))).toEqual([
      { url: 'ws://public/0#0', topics: 66, instruments: 33 },
      { url: 'ws://market/0#0', topics: 99, instruments: 33 },
    ])
    expect(plan(binanceusdm, many(34))).toEqual([
      { url: 'ws://public/0#0', topics: 68, instruments: 34 },
      { url: 'ws://market/0#0', topics: 99, instruments: 33 },
      { url: 'ws://market/1#1', topics: 3, instruments: 1 },
    ])
  })

  test('each kind of contract at its own address, none where there is none', () => {
    expect(plan(bybit, [...many(2), ...many(1, true)])).toEqual([
      { url: 'ws://linear/0#0', topics: 8, instruments: 2 },
      { url: 'ws://inverse/0#0', topics: 4, instruments: 1 },
    ])
    expect(plan(bybit, many(1)).map(({ url }) => url)).toEqual(['ws://linear/0#0'])
  })

  test('a topic that several instruments need is asked for once', () => {
    expect(plan(okx, many(3))).toEqual([{ url: 'ws://public/0#0', topics: 19, instruments: 3 }])
    // Else each liquidation would come once per socket.
    expect(plan(okx, many(31))).toEqual([
      { url: 'ws://public/0#0', topics: 181, instruments: 30 },
      { url: 'ws://public/1#1', topics: 6, instruments: 1 },
    ])
  })
})
