import { appendFileSync, mkdtempSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { fileSource } from '../../../src/adapters/external/file-source.ts'
import { InputError } from '../../../src/core/errors.ts'
import type { EpochMs } from '../../../src/core/units.ts'
import type { ExternalSource } from '../../../src/features/external-series.port.ts'

let folder = ''
let path = ''
let source: ExternalSource | undefined
let looks: (() => void)[] = []
let values: number[] = []
let problems: string[] = []

const scheduler = {
  sleep: (_ms: number, signal?: AbortSignal) =>
    new Promise<void>((resolve) => {
      looks.push(resolve)
      signal?.addEventListener('abort', () => resolve())
    }),
}
/** Lets the source look once more, and waits until it has. */
async function look(): Promise<void> {
  while (looks.length === 0) await new Promise(setImmediate)
  looks.pop()!()
  while (looks.length === 0) await new Promise(setImmediate)
}
const line = (value: number) => `{"observedAt":1,"series":"fear","value":${value}}\n`

async function start(): Promise<void> {
  const clock = { now: () => 1_000 as EpochMs }
  source = fileSource({ path, format: 'jsonl', series: ['fear'], clock, scheduler, pollMs: 1 })
  await source.start(
    ({ value }) => values.push(value),
    (problem) => problems.push(problem),
  )
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'external-'))
  path = join(folder, 'values.jsonl')
  looks = []
  values = []
  problems = []
})
afterEach(async () => {
  await source?.close()
  source = undefined
  rmSync(folder, { recursive: true })
})

describe('fileSource', () => {
  test('what stands, then what is appended, each once', async () => {
    writeFileSync(path, line(1) + line(2))
    await start()
    expect(values).toEqual([1, 2])
    appendFileSync(path, line(3))
    await look()
    await look()
    expect([values, problems]).toEqual([[1, 2, 3], []])
  })

  test('a last line without its end waits for it, in mid-character too', async () => {
    writeFileSync(path, line(1).slice(0, 20))
    await start()
    expect(values).toEqual([])
    appendFileSync(path, line(1).slice(20))
    await look()
    expect(values).toEqual([1])
  })

  test('a file that is cut or replaced is read from its beginning', async () => {
    writeFileSync(path, line(1) + line(2))
    await start()
    truncateSync(path)
    appendFileSync(path, line(3))
    await look()
    writeFileSync(join(folder, 'next'), line(4) + line(5) + line(6))
    renameSync(join(folder, 'next'), path)
    await look()
    expect(values).toEqual([1, 2, 3, 4, 5, 6])
  })

  test('a file that is not there yet is said once and waited for', async () => {
    await start()
    await look()
    expect(problems).toEqual([`${path}: not there yet`])
    writeFileSync(path, line(1))
    await look()
    expect(values).toEqual([1])
  })

  test('bad and endless lines are refused, and what follows is read', async () => {
    writeFileSync(path, `nonsense\n${line(1)}${'x'.repeat(200_000)}\n${line(2)}`)
    await start()
    expect(values).toEqual([1, 2])
    expect(problems).toHaveLength(2)
    expect(problems[1]).toMatch(/at most 4096 bytes/)
  })

  test('of a large file the end is read, from a whole line on', async () => {
    writeFileSync(path, line(7).repeat(40_000) + line(8))
    await start()
    expect(values.length).toBeLessThan(30_000)
    expect([values.at(-1), values[0], problems]).toEqual([8, 7, []])
  })

  test('a folder is refused at the start', async () => {
    path = folder
    await expect(start()).rejects.toThrow(InputError)
  })
})
