import type { Clock } from '../../core/clock.port.ts'
import { epochMs } from '../../core/units.ts'

/**
 * The machine's clocks. `Date.now()` counts whole milliseconds: the fraction comes from the monotonic clock, and both are put
 * together again whenever they disagree (after an NTP step or a suspended machine).
 */
export function systemClock(
  wallMs: () => number = Date.now,
  monotonicMs: () => number = () => performance.now(),
): Clock {
  let offsetMs = wallMs() - monotonicMs()
  return {
    now: () => {
      const whole = wallMs()
      const fine = monotonicMs() + offsetMs
      if (fine >= whole && fine < whole + 1) return epochMs(fine)
      offsetMs += (fine < whole ? whole : whole + 1 - 2 ** -12) - fine
      return epochMs(Math.min(monotonicMs() + offsetMs, whole + 1 - 2 ** -12))
    },
    monotonicMs,
  }
}
