import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { controlText } from '../../../src/adapters/tape/tape-control.ts'
import { linesOf } from '../../../src/adapters/tape/tape-cursor.ts'
import { FRESH_GUARD } from '../../../src/risk/guard.ts'
import { recordedInputs } from '../../../src/wiring/replay/recorded-run.ts'
import { AHEAD_MAX, type TapeLines, tapeLines } from '../../../src/wiring/replay/tape-lines.ts'
import { at, SYMBOL } from '../tape/sample-tape.ts'

const dir = mkdtempSync(join(tmpdir(), 'tickwright-lines-'))
afterAll(() => rmSync(dir, { recursive: true }))

let written = 0
function tape(...lines: readonly string[]): string {
  written += 1
  const file = join(dir, `${written}.txt`)
  writeFileSync(file, lines.map((json, index) => `${at(index)} ${json}\n`).join(''))
  return file
}
const number = (n: number) => JSON.stringify({ n })
const isNumber = (n: number) => (line: { readonly frame: unknown }) => (line.frame as { n?: number }).n === n
async function rest(lines: TapeLines): Promise<readonly unknown[]> {
  const seen: unknown[] = []
  for await (const { frame } of linesOf(lines)) seen.push((frame as { n?: number }).n)
  return seen
}

describe('tapeLines', () => {
  test('a look ahead takes nothing away, also across files', async () => {
    const files = [tape(number(1), number(2)), tape(number(3), number(4))]
    const lines = tapeLines(files)
    const places: string[] = []
    const found = await lines.ahead((line, file) => {
      places.push(`${files.indexOf(file)}:${line.line}`)
      return isNumber(3)(line)
    })
    expect(found?.frame).toEqual({ n: 3 })
    expect(places).toEqual(['0:1', '0:2', '1:1'])
    // What waits is looked at again first.
    expect((await lines.ahead(isNumber(2)))?.frame).toEqual({ n: 2 })
    expect(await lines.ahead(isNumber(5))).toBeUndefined()
    expect(await rest(lines)).toEqual([1, 2, 3, 4])
    expect(await lines.ahead(() => true)).toBeUndefined()
  })

  test('a look ahead between two lines goes on from there', async () => {
    const lines = tapeLines([tape(number(1), number(2), number(3))])
    const seen: unknown[] = []
    for await (const { frame } of linesOf(lines)) {
      seen.push(frame)
      if (seen.length === 1) expect(await lines.ahead(isNumber(1))).toBeUndefined()
    }
    expect(seen).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }])
  })

  test('looks no further than its bound', async () => {
    const many = Array.from({ length: AHEAD_MAX + 1 }, (_, index) => String(index))
    const lines = tapeLines([tape(...many)])
    let looked = 0
    const find = (wanted: number) =>
      lines.ahead(({ frame }) => {
        looked += 1
        return frame === wanted
      })
    expect(await find(AHEAD_MAX)).toBeUndefined()
    expect(looked).toBe(AHEAD_MAX)
    expect((await find(AHEAD_MAX - 1))?.frame).toBe(AHEAD_MAX - 1)
  })
})

describe('recordedInputs', () => {
  const inputs = (endAt: number, changes: object = {}) => ({
    ...{
      endAt,
      ledgerTag: 'abc',
      exchangeNow: endAt + 10,
      modelId: 'demo/1',
      modelExpired: false,
      failures: {},
      walletQuote: Number.NaN,
    },
    guard: FRESH_GUARD,
    accounts: { [SYMBOL]: { lots: 1, entryTicks: 2, open: { buy: 0, sell: 0 }, freezes: [] } },
    ...changes,
  })
  const line = (payload: unknown, symbol: string = SYMBOL) => controlText({ kind: 'decision-inputs', symbol, payload })
  const end = (ms: number) => at(ms)

  test('of these bars, past older ones, other instruments and what came meanwhile', async () => {
    const file = tape(
      number(1),
      line(inputs(at(1_000))),
      line(inputs(at(2_000)), 'ETH/USDT:USDT'),
      line(inputs(at(2_000), { ledgerTag: 'this' })),
    )
    const found = await recordedInputs(tapeLines([file]), SYMBOL, end(2_000))
    expect(found).toMatchObject({ endAt: at(2_000), ledgerTag: 'this', walletQuote: Number.NaN })
  })

  test.each([
    ['none at all', []],
    ['of an earlier bar only', [line(inputs(at(1_000)))]],
    ['of a later bar only', [line(inputs(at(3_000)))]],
    ['of a later bar before the right one', [line(inputs(at(3_000))), line(inputs(at(2_000)))]],
    ['of another instrument', [line(inputs(at(2_000)), 'ETH/USDT:USDT')]],
  ])('%s: nothing was decided', async (_name, lines) => {
    expect(await recordedInputs(tapeLines([tape(number(1), ...lines)]), SYMBOL, end(2_000))).toBeUndefined()
  })

  test.each<[string, unknown, RegExp]>([
    ['no object', 7, /decision-inputs: .*object/],
    ['null', null, /decision-inputs: .*object/],
    ['no end', { accounts: {} }, /decision-inputs\.endAt/],
    ['accounts that are null', inputs(at(2_000), { accounts: null }), /decision-inputs\.accounts/],
    ['an account without open orders', inputs(at(2_000), { accounts: { [SYMBOL]: { lots: 1 } } }), /entryTicks/],
    ['no guard', inputs(at(2_000), { guard: undefined }), /decision-inputs\.guard/],
  ])('%s: names file, line and key', async (_name, payload, key) => {
    const file = tape(number(1), line(payload))
    const reading = recordedInputs(tapeLines([file]), SYMBOL, end(2_000))
    await expect(reading).rejects.toThrow(`${file}, line 2: `)
    await expect(recordedInputs(tapeLines([file]), SYMBOL, end(2_000))).rejects.toThrow(key)
  })
})
