import type { RunFile } from '../../adapters/runs/run-file.ts'
import { settingRows } from '../../report/model/setting-rows.ts'
import { metricNumbers } from './run-text.ts'

/** One line that stands in either run; null where the other has none. */
export interface ComparedValue<T> {
  readonly name: string
  readonly a: T | null
  readonly b: T | null
}

export interface RunComparison {
  readonly metrics: readonly ComparedValue<number>[]
  /** Keys that differ. */
  readonly config: readonly ComparedValue<string>[]
  /** The same files by content, in order, wherever they lie. */
  readonly sameData: boolean
  /** The same version and commit; an unknown commit is never the same. */
  readonly sameCode: boolean
  readonly sameModels: boolean
  /** Repeatable: every decision, fill and equity reading is equal. */
  readonly sameRunHash: boolean
}

export function compareRuns(a: RunFile, b: RunFile): RunComparison {
  const same = (of: (run: RunFile) => unknown): boolean => JSON.stringify(of(a)) === JSON.stringify(of(b))
  const config = sideBySide(new Map(settingRows(a.about.config)), new Map(settingRows(b.about.config)))
  return {
    metrics: sideBySide(metricNumbers(a.results), metricNumbers(b.results)),
    config: config.filter((row) => row.a !== row.b),
    sameData: same(({ about }) => about.data.map(({ symbol, sha256 }) => [symbol, sha256])),
    sameCode: a.about.code.commit !== null && same(({ about }) => about.code),
    sameModels: same(({ about }) => about.models.map(({ modelId }) => modelId)),
    sameRunHash: a.about.runHash === b.about.runHash,
  }
}

/** Names of both, those of `a` first. */
function sideBySide<T>(a: ReadonlyMap<string, T | null>, b: ReadonlyMap<string, T | null>): ComparedValue<T>[] {
  return [...new Set([...a.keys(), ...b.keys()])].map((name) => ({
    ...{ name, a: a.get(name) ?? null, b: b.get(name) ?? null },
  }))
}

/** First UTC day at whose end the two had another equity, or that only one has; null: no such day. */
export function firstDifferentDay(a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>): string | null {
  const days = [...new Set([...a.keys(), ...b.keys()])].sort()
  return days.find((day) => a.get(day) !== b.get(day)) ?? null
}
