import type { EpochMs } from '../../core/units.ts'

/** `20260102-030405-0a1b2c3d`, and `-2`, `-3` … where a run of the same second and hash stands already. */
const RUN_ID = /^\d{8}-\d{6}-[0-9a-f]{8}(-\d{1,3})?$/

export const isRunId = (text: string): boolean => RUN_ID.test(text)

/** `<UTC yyyymmdd-hhmmss>-<first 8 digits of the run hash>`. */
export function runIdOf(startedAt: EpochMs, runHash: string): string {
  const digits = new Date(startedAt).toISOString().replaceAll(/\D/g, '')
  return `${digits.slice(0, 8)}-${digits.slice(8, 14)}-${runHash.slice(0, 8)}`
}
