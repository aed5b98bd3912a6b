/** What `tape verify` looks for. */
export type Rule =
  | 'unreadable'
  | 'truncated'
  | 'malformed'
  | 'no-snapshot'
  | 'sequence'
  | 'crossed'
  | 'trade-id'
  | 'quote'
  | 'receive-time'
  | 'exchange-time'
  | 'control'
  | 'overflow'
  | 'no-data'

export interface Finding {
  readonly file: string
  /** From 1. */
  readonly line: number
  readonly rule: Rule
  /** What was found and what had been expected. */
  readonly value: string
}

/** The first findings in full, all of them counted. */
export interface Findings {
  add(finding: Finding): void
  readonly list: readonly Finding[]
  /** By rule, those past the list too. */
  readonly counts: Readonly<Partial<Record<Rule, number>>>
}

const LISTED_MAX = 100
const VALUE_MAX = 300

export function findings(): Findings {
  const list: Finding[] = []
  const counts: Partial<Record<Rule, number>> = {}
  return {
    list,
    counts,
    add(finding) {
      counts[finding.rule] = (counts[finding.rule] ?? 0) + 1
      if (list.length < LISTED_MAX) list.push({ ...finding, value: finding.value.slice(0, VALUE_MAX) })
    },
  }
}
