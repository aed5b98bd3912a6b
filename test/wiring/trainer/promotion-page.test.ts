import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { writePromotionPage } from '../../../src/wiring/trainer/promotion-page.ts'

test('the page of a decision names the model, the verdict with its checks, and both curves', () => {
  const dir = mkdtempSync(join(tmpdir(), 'promotion-'))
  try {
    const limit = { value: 0.4, rule: 'at most', threshold: 0.05, numbers: {} } as const
    const checks = [{ name: 'crps.ewma', outcome: 'fail', sentence: 'CRPS no lower.', ...limit }] as const
    const of = (name: string, step: number) => ({
      ...{ name, outcomes: [], tripsAt: [] },
      ...{ pnl: [step, step, step], pnlAt: [1_000, 2_000, 3_000] },
    })
    const file = writePromotionPage(
      {
        ...{ version: 'lstm-1', bars: 240 },
        verdict: { outcome: 'fail', summary: 'lstm-1 is refused.', checks },
        earned: [of('lstm-1', 2), of('lstm-0', -1)],
      },
      { dir, family: 'demo', currency: 'USDT', startingBalance: 100, madeAt: '2026-01-02T03:04:05.000Z' },
    )
    expect(file).toBe(join(dir, 'reports', 'promotion-lstm-1-20260102T030405000Z.html'))
    const page = readFileSync(file, 'utf8')
    for (const text of ['demo/lstm-1', 'CRPS no lower.', 'lstm-0', '240 live bars', 'USDT'])
      expect(page).toContain(text)
  } finally {
    rmSync(dir, { recursive: true })
  }
})
