/** Work under way that nobody awaits where it was started. */
export interface Background {
  /** `failed` hears what the work throws: nothing is lost as an unhandled rejection. */
  run(work: () => Promise<unknown>): void
  /** Resolves when nothing is under way, work started meanwhile included. */
  settled(): Promise<void>
}

/** Bounded by its users: one submission, one probe and one check per order, one reconciliation. */
export function background(failed: (error: unknown) => void): Background {
  const underWay = new Set<Promise<void>>()
  return {
    run(work) {
      const done = work().then(() => undefined, failed)
      const entry = done.finally(() => underWay.delete(entry))
      underWay.add(entry)
    },
    async settled() {
      while (underWay.size > 0) await Promise.all(underWay)
    },
  }
}
