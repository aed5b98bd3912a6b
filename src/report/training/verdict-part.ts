import { escaped } from '../model/svg.ts'
import { significantText } from './significant-text.ts'
import type { ReportCheck, TrainingReportData } from './training-report-data.ts'

type Verdict = NonNullable<TrainingReportData['verdict']>

const OUTCOMES = {
  pass: { tone: 'gain', word: 'pass', verdict: 'Passed.' },
  fail: { tone: 'loss', word: 'fail', verdict: 'Failed.' },
  'not enough data': { tone: 'none', word: 'not enough data', verdict: 'Not enough data.' },
} as const

/** The verdict in words, then every condition. */
export function verdictPart({ outcome, summary, checks }: Verdict): string {
  const { tone, verdict } = OUTCOMES[outcome]
  const words = `<p class="verdict ${tone}"><b>${verdict}</b> ${escaped(summary)}</p>`
  return checks.length === 0 ? words : words + checkTable(checks)
}

function checkTable(checks: readonly ReportCheck[]): string {
  const heads = ['', 'check', 'value', 'rule', ''].map((text) => `<th>${text}</th>`).join('')
  const rows = checks.map(({ name, outcome, value, rule, threshold, sentence }) => {
    const { tone, word } = OUTCOMES[outcome]
    const cells = [
      `<span class="outcome ${tone}">${word}</span>`,
      escaped(name),
      value === undefined ? '–' : significantText(value),
      `${rule} ${significantText(threshold)}`,
      escaped(sentence),
    ]
    return `<tr>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`
  })
  return `<div class="scroll" tabindex="0"><table class="checks"><thead><tr>${heads}</tr></thead><tbody>${rows.join('')}</tbody></table></div>`
}
