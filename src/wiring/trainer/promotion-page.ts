import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { trainingReport } from '../../report/training/training-report.ts'
import type { Earned } from '../evaluation/contenders.ts'
import type { ShadowVerdict } from './shadow-arena.ts'

/** What the page needs to know of the trainer. */
export interface PromotionPageSettings {
  /** Folder of the trainer: the page goes among its reports. */
  readonly dir: string
  readonly family: string
  /** Settle currency, and wallet at the beginning of the shadow. */
  readonly currency: string
  readonly startingBalance: number
  /** ISO 8601, UTC. */
  readonly madeAt: string
}

/** Writes the page of a decision on a challenger: verdict, checks, and what both would have earned on the live bars. Returns the file. */
export function writePromotionPage(
  { version, bars, verdict, earned }: ShadowVerdict,
  settings: PromotionPageSettings,
): string {
  const { dir, family, currency, startingBalance, madeAt } = settings
  const folder = join(dir, 'reports')
  mkdirSync(folder, { recursive: true })
  const file = join(folder, `promotion-${version}-${madeAt.replaceAll(/[^0-9TZ]/g, '')}.html`)
  const page = trainingReport({
    kind: 'promotion',
    title: `${family}/${version}`,
    ...{ madeAt, because: `after ${bars} live bars`, verdict, currency, settings: [], scores: [] },
    equity: earned.map((one) => equityOf(one, startingBalance)),
    notes: [
      'All figures are of live bars that were shown to the challenger in shadow. No order of it left the simulated venue.',
      'A challenger that passes decides from the next bar on; one that does not is left out.',
    ],
  })
  writeFileSync(file, page)
  return file
}

function equityOf({ name, pnl, pnlAt }: Earned, startingBalance: number) {
  let equity = startingBalance
  return {
    name,
    at: Array.from(pnlAt),
    equity: Array.from(pnl, (change) => {
      equity += change
      return equity
    }),
  }
}
