import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { HISTORY_FILE } from '../../../src/adapters/bundle/history-file.ts'
import type { HistoryEntry } from '../../../src/model/bundle/model-history.ts'
import { appendHistory, readHistory } from '../../../src/wiring/models/history.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'history-'))
})
afterEach(() => rm(folder, { recursive: true }))

const entry: HistoryEntry = {
  at: '2026-01-01T00:00:00Z',
  who: 'trainer',
  action: 'challenge',
  version: 'a-1',
  why: 'it beats the champion',
  numbers: { crpsBps: 1.25, sharpe: null },
}

test('what is appended is read back in its order; a family without a file has no history', async () => {
  expect(await readHistory(folder)).toEqual([])
  await appendHistory(folder, entry)
  await appendHistory(folder, { ...entry, version: 'a-2' })
  expect(await readHistory(folder)).toEqual([entry, { ...entry, version: 'a-2' }])
})

test('a line that was cut off by a dying process is passed over, and the next one stands apart from it', async () => {
  await appendHistory(folder, entry)
  const whole = await readFile(join(folder, HISTORY_FILE), 'utf8')
  await appendFile(join(folder, HISTORY_FILE), whole.slice(0, 40))
  expect(await readHistory(folder)).toEqual([entry])
  await appendHistory(folder, { ...entry, action: 'refuse' })
  expect((await readHistory(folder)).map(({ action }) => action)).toEqual(['challenge', 'refuse'])
})

test('a line that breaks the rules is named', async () => {
  await writeFile(
    join(folder, HISTORY_FILE),
    `${JSON.stringify(entry)}\n${JSON.stringify({ ...entry, action: 'win' })}\n`,
  )
  await expect(readHistory(folder)).rejects.toThrow(/history\.jsonl:2: .*[\s\S]*action/)
})

test('many processes may append at once', async () => {
  await Promise.all(Array.from({ length: 20 }, (_, i) => appendHistory(folder, { ...entry, version: `a-${i}` })))
  expect(new Set((await readHistory(folder)).map(({ version }) => version)).size).toBe(20)
})
