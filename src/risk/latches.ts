import type { EpochMs } from '../core/units.ts'

/** `kill`: a person's or the supervisor's stop; `throttle`: too many executions (RTS 6 art. 15(3)). */
export type LatchName = 'kill' | 'daily-loss' | 'drawdown' | 'throttle'

interface Latch {
  readonly at: EpochMs
  readonly detail: string
}

/** The latches that are set. Plain data: it is stored and survives a restart. */
export type Latches = Readonly<Partial<Record<LatchName, Latch>>>

/** Monotone: a latch that is set keeps its first time and reason. */
export const trip = (latches: Latches, name: LatchName, at: EpochMs, detail: string): Latches =>
  latches[name] === undefined ? { ...latches, [name]: { at, detail } } : latches

/** Only on a person's explicit word. */
export function reset(latches: Latches, name: LatchName): Latches {
  const { [name]: _cleared, ...rest } = latches
  return rest
}

const ORDER: readonly LatchName[] = ['kill', 'daily-loss', 'drawdown', 'throttle']

/** The weightiest latch that is set. */
export const firstLatch = (latches: Latches): LatchName | undefined => ORDER.find((name) => latches[name] !== undefined)
