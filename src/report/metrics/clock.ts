/** The calendar of UTC, without leap seconds as the epoch has none. */
export const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000

/** 0 to 23. */
export const hourOf = (at: number): number => Math.floor(at / HOUR_MS) % 24

/** 0 Monday to 6 Sunday; 1970-01-01 was a Thursday. */
export const weekdayOf = (at: number): number => (Math.floor(at / DAY_MS) + 3) % 7
