import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { VENUE_IDS } from '../../../src/adapters/ccxt/venue-profile.ts'
import { loadConfig } from '../../../src/wiring/config/load-config.ts'

const dir = mkdtempSync(join(tmpdir(), 'venue-'))

function loaded(mode: string, id: string) {
  const file = join(dir, `${mode}-${id}.yaml`)
  const confirmed = 'confirm: "I understand that live trading can lose all my money"'
  const text = readFileSync(`config/${mode}.yaml`, 'utf8').replace(/^ {2}id: .*$/m, `  id: ${id}`)
  writeFileSync(file, text.replace('confirm: ""', confirmed))
  return loadConfig(file)
}

describe('venue.id', () => {
  test.each(VENUE_IDS)('%s gives market data to signal and paper', (id) => {
    for (const mode of ['signal', 'paper']) expect(loaded(mode, id)).toMatchObject({ mode, venue: { id } })
  })

  test.each(['demo', 'live'])('%s sends orders, which only binanceusdm takes', (mode) => {
    expect(loaded(mode, 'binanceusdm').venue.id).toBe('binanceusdm')
    for (const id of VENUE_IDS.filter((one) => one !== 'binanceusdm')) {
      expect(() => loaded(mode, id)).toThrow(
        `venue.id was "${id}": mode ${mode} sends orders, which only binanceusdm takes; the others serve signal and paper`,
      )
    }
  })

  test('another is refused with the list', () => {
    expect(() => loaded('signal', 'bitmex')).toThrow(/venue\.id was "bitmex": .*"binanceusdm"\|"binancecoinm"\|"bybit"/)
  })
})
