import { epochMs } from '../../core/units.ts'
import { FRESH_GUARD, type Guard } from '../../risk/guard.ts'
import type { Latches, LatchName } from '../../risk/latches.ts'
import type { Journal } from '../../trading/journal.port.ts'

const META_KEY = 'guard-equity'
const NAMES: readonly LatchName[] = ['kill', 'daily-loss', 'drawdown', 'throttle']
/** A peak that moved by less is not written: one commit a bar would be the price of it. Fraction. */
const PEAK_STEP = 0.001

/** Day and peak begin with the next reading of equity. */
export const forgetEquity = (journal: Journal): void => journal.setMeta(META_KEY, '')

/** What risk must not forget in a restart: latches, the day's start and the peak of equity. */
export interface GuardStore {
  load(): Guard
  /** Writes when something worth it has changed. */
  save(guard: Guard): void
}

export function guardStore(journal: Journal): GuardStore {
  let written: Guard['equity']
  const known = new Set(journal.latches().map(({ name }) => name))
  return {
    load() {
      const latches: Latches = Object.fromEntries(
        journal
          .latches()
          .filter(({ name }) => (NAMES as readonly string[]).includes(name))
          .map(({ name, at, reason }) => [name, { at, detail: reason }]),
      )
      written = readEquity(journal.meta(META_KEY))
      return { ...FRESH_GUARD, latches, equity: written }
    },
    save({ latches, equity }) {
      for (const [name, latch] of Object.entries(latches)) {
        if (!known.has(name)) journal.setLatch({ name, reason: latch.detail, at: latch.at })
        known.add(name)
      }
      if (equity === undefined || !Number.isFinite(equity.lastQuote)) return
      const sameDay = written?.utcDay === equity.utcDay && written.dayStartQuote === equity.dayStartQuote
      if (written && sameDay && equity.peakQuote <= written.peakQuote * (1 + PEAK_STEP)) return
      journal.setMeta(META_KEY, JSON.stringify(equity))
      written = equity
    },
  }
}

function readEquity(text: string | undefined): Guard['equity'] {
  if (text === undefined || text === '') return undefined
  const said = JSON.parse(text) as NonNullable<Guard['equity']>
  epochMs(said.utcDay) // Finite and not negative, or the file is not ours.
  return said
}
