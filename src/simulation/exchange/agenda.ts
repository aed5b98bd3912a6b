import type { EpochMs } from '../../core/units.ts'

interface Entry {
  readonly at: EpochMs
  /** False once the order ended by itself: the entry means nothing any more. */
  isLive(): boolean
  act(): void
}

/** What must happen at a known time. Bounded by the entries that live: the others are swept out as it grows. */
export interface Agenda {
  /** Of the earliest entry, live or not; infinite when there is none. */
  nextAt(): number
  add(entry: Entry): void
  /** Does what is due at `now`, in the order of times, then of adding. */
  run(now: EpochMs): void
}

/** Sweeps begin at so many entries. */
const SWEEP_AT = 1_000

export function createAgenda(): Agenda {
  let entries: Entry[] = []
  let earliest = Number.POSITIVE_INFINITY
  let sweepAt = SWEEP_AT

  function keep(kept: Entry[]): void {
    entries = kept
    earliest = kept.reduce((least, { at }) => Math.min(least, at), Number.POSITIVE_INFINITY)
    sweepAt = Math.max(SWEEP_AT, 2 * kept.length)
  }

  return {
    nextAt: () => earliest,
    add(entry) {
      if (entries.length >= sweepAt) keep(entries.filter((each) => each.isLive()))
      entries.push(entry)
      earliest = Math.min(earliest, entry.at)
    },
    run(now) {
      const due = entries.filter(({ at }) => at <= now).sort((a, b) => a.at - b.at)
      keep(entries.filter((entry) => entry.at > now && entry.isLive()))
      for (const entry of due) if (entry.isLive()) entry.act()
    },
  }
}
