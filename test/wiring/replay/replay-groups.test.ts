import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { replayCommand } from '../../../src/wiring/commands/replay.ts'
import { familiesFor } from '../../../src/wiring/models/model-families.ts'
import { syntheticFrames } from '../../bench/synthetic-frames.ts'
import { fakeIo } from '../commands/fake-io.ts'

const dir = mkdtempSync(join(tmpdir(), 'tickwright-replay-groups-'))
afterAll(() => rmSync(dir, { recursive: true }))

const tape = join(dir, 'tape.txt')
const family = join(dir, 'models')
beforeAll(() => {
  const lines = syntheticFrames(8_000).flatMap(({ receivedAt, text }) => {
    const named = text.replace('{"lastUpdateId"', '{"symbol":"BTCUSDT","lastUpdateId"')
    const other = named.replaceAll('BTCUSDT', 'ETHUSDT').replaceAll('btcusdt', 'ethusdt')
    return [`${receivedAt} ${named}`, `${receivedAt} ${other}`]
  })
  writeFileSync(tape, `${lines.join('\n')}\n`)
  for (const folder of ['', 'BTC-USDT-USDT', 'ETH-USDT-USDT', 'one']) {
    cpSync('models/demo', join(family, folder), { recursive: true, filter: (file) => !file.includes('history') })
  }
})

async function replayed(groups?: string) {
  const config = join(dir, 'replay.yaml')
  const shipped = readFileSync('config/replay.yaml', 'utf8')
  const model = `path: ${family}${groups === undefined ? '' : `\n  groups: ${groups}`}`
  writeFileSync(config, shipped.replace('path: models/demo', model))
  const { io, out } = fakeIo()
  expect(await replayCommand({ config, tape: [tape], json: true }, io)).toBe(0)
  return JSON.parse(out.at(-1)!) as Record<string, unknown>
}

test('a simulated replay asks each family for its own: copies of one model decide as the one for all', async () => {
  const pooled = await replayed()
  expect(pooled).toMatchObject({ symbols: ['BTC/USDT:USDT', 'ETH/USDT:USDT'], providers: ['cpu'] })
  expect(pooled['models']).toHaveLength(1)
  expect(pooled['forecasts']).toBeGreaterThan(20)
  const { models, closeToOrderMsP50: _50, closeToOrderMsP99: _99, realTimeFactor: _fast, ...figures } = pooled
  expect(await replayed('{ one: [BTC/USDT:USDT, ETH/USDT:USDT] }')).toMatchObject({ ...figures, models })
  // Asked for one window instead of two, the runtime's kernels round otherwise.
  const { decisionHash: _hash, equity: _equity, pnl: _pnl, ...counts } = figures
  expect(await replayed('each')).toMatchObject({ ...counts, models: [models, models].flat() })
})

test('of the groups, those that the tapes hold nothing of are left out; an instrument in no group is refused', () => {
  const config = { symbols: ['A', 'B', 'C'], model: { path: 'm', groups: { one: ['A', 'B'], other: ['C'] } } }
  const namesFor = (symbols: readonly string[]) => familiesFor(config, symbols).map(({ group }) => group)
  expect(namesFor(['A'])).toEqual(['one'])
  expect(namesFor(['C', 'B'])).toEqual(['one', 'other'])
  expect(() => namesFor(['A', 'D', 'E'])).toThrow('model.groups: no group has D, E, which the data hold')
  expect(familiesFor({ ...config, model: { path: 'm' } }, ['D'])).toHaveLength(1)
})
