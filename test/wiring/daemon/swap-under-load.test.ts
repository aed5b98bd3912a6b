import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { swapRun } from '../../bench/swap-rig.ts'

const folder = mkdtempSync(join(tmpdir(), 'tickwright-swap-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** `npm run bench -- swap` makes a thousand, and measures. */
test('30 swaps under load: no bar missed, none decided by two models', async () => {
  const run = await swapRun({ folder, instruments: 3, swaps: 30 })
  expect(run).toMatchObject({ swaps: 30, missed: 0, mixed: 0, refused: 0 })
  expect(run.switchMs).toHaveLength(30)
  expect(run.decisions).toBe(3 * run.bars)
}, 180_000)
