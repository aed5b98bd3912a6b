import { basename } from 'node:path'
import { InputError } from '../../core/errors.ts'
import { isObject } from '../../market/frame-fields.ts'
import { type DescribedTapes, describeTapes } from './describe-tapes.ts'
import { type Finding, type Findings, findings, type Rule } from './findings.ts'
import { type AuditFigures, type InstrumentAudit, instrumentAudit } from './instrument-audit.ts'
import { eventsOf, type TapeEnd, type TapeStep, walkTapes } from './walk-tapes.ts'

export interface TapeReport extends AuditFigures {
  /** No finding. */
  readonly whole: boolean
  readonly findings: readonly Finding[]
  readonly counts: Findings['counts']
  readonly lines: number
  /** Told by the recorder: known losses are no findings. */
  readonly gapsTold: number
}

/** Runs tapes through mapper and sequencer and looks for what does not fit. Throws `InputError` only for what is no tape at all. */
export async function verifyTapes(files: readonly string[]): Promise<TapeReport> {
  const found = findings()
  const audit = new TapeAudit(found)
  try {
    const tapes = await describeTapes(files)
    audit.begin(tapes)
    for await (const step of walkTapes(tapes, (_, end) => audit.endOf(end))) audit.step(step)
    audit.end()
  } catch (thrown) {
    // Read up to here; what is no file at all is the caller's mistake.
    const { file, line } = thrown instanceof InputError ? (thrown.context as Partial<Finding>) : {}
    if (file === undefined || line === undefined) throw thrown
    found.add({ file, line, rule: 'unreadable', value: (thrown as InputError).message })
  }
  const { list, counts } = found
  return { whole: list.length === 0, findings: list, counts, ...audit.sums() }
}

/**
 * A frame of ours bears the time at which its bytes came; a line that was made while it waited for its turn may stand before it.
 * Milliseconds; more than that the clock was set back.
 */
const WAITED_MS_MAX = 1_000

class TapeAudit {
  readonly #found: Findings
  readonly #audits = new Map<string, InstrumentAudit>()
  #tapes: DescribedTapes | undefined
  #at = { file: '', line: 0 }
  #receivedAt = Number.NEGATIVE_INFINITY
  #lines = 0
  #gapsTold = 0
  #frames = 0
  /** Some frame is of the venue, sound or not. */
  #isKnown = false

  constructor(found: Findings) {
    this.#found = found
  }

  begin(tapes: DescribedTapes): void {
    this.#tapes = tapes
    const isBinance = tapes.venueId?.startsWith('binance') ?? false
    const rules = { tradesOnce: isBinance, quotesNameUpdates: isBinance }
    for (const { symbol } of tapes.instruments) this.#audits.set(symbol, instrumentAudit(rules))
  }

  #order(receivedAt: number, fileIndex: number): void {
    const backMs = this.#receivedAt - receivedAt
    const { mode = 'import' } = this.#tapes?.sessions[fileIndex] ?? {}
    const isOurs = mode !== 'import'
    if (backMs > (isOurs ? WAITED_MS_MAX : 0)) this.#report('receive-time', `${receivedAt} after ${this.#receivedAt}`)
    // The latest, that a row of small steps back is seen too; after a finding all is measured from there.
    const isBack = backMs > 0 && backMs <= WAITED_MS_MAX && isOurs
    if (!isBack) this.#receivedAt = receivedAt
  }

  step({ file, fileIndex, line, outcome }: TapeStep): void {
    this.#at = { file, line: line.line }
    this.#lines += 1
    // A decision's inputs bear the time of what closed its bars, and stand behind what came meanwhile.
    if (line.control?.kind !== 'decision-inputs') this.#order(line.receivedAt, fileIndex)
    if (line.control) this.#control(line, fileIndex)
    else this.#frames += 1
    if (!line.control && outcome.kind !== 'ignored') this.#isKnown = true
    const stream = line.control ? '' : streamOf(line.frame)
    switch (outcome.kind) {
      case 'malformed':
        this.#report('malformed', `${outcome.field} was ${outcome.value}; it must be ${outcome.rule}`)
        return
      default:
        for (const event of eventsOf(outcome)) {
          if (event.kind === 'gap') this.#gapsTold += 1
          this.#audits.get(event.symbol)?.step(event, stream === '' ? event.kind : stream, this.#report)
        }
    }
  }

  endOf({ truncatedLines, truncatedMembers }: TapeEnd): void {
    if (truncatedMembers > 0) this.#report('truncated', 'the last gzip member is cut off: the recorder was killed')
    if (truncatedLines > 0) this.#report('truncated', 'the last line is cut off')
  }

  end(): void {
    for (const audit of this.#audits.values()) audit.end(this.#report)
    if (this.#frames > 0 && !this.#isKnown) {
      this.#report('no-data', `${this.#frames} frames, and ${this.#tapes?.venueId ?? 'Binance'} sends none of them`)
    }
  }

  sums() {
    const sum: AuditFigures = { bookUpdates: 0, trades: 0, quotesCompared: 0, duplicates: 0, late: 0 }
    for (const { figures } of this.#audits.values()) {
      for (const key of Object.keys(sum) as (keyof AuditFigures)[]) sum[key] += figures[key]
    }
    return { lines: this.#lines, gapsTold: this.#gapsTold, ...sum }
  }

  #control({ control, line }: TapeStep['line'], fileIndex: number): void {
    const sessions = this.#tapes?.sessions ?? []
    if (control?.kind === 'session') {
      if (line > 1) this.#report('control', 'a session line that is not the first of its file')
      else this.#chain(fileIndex)
    } else if (!sessions[fileIndex])
      this.#report('control', `a ${control?.kind ?? ''} line in a file without a session line`)
    if (control?.kind === 'overflow') {
      this.#report('overflow', `the recorder dropped ${control.lines} lines of ${control.characters} characters here`)
    }
    if (control?.kind === 'event' && !this.#audits.has(control.event.symbol)) {
      this.#report(
        'control',
        `a ${control.event.kind} of ${control.event.symbol}, which the session line does not name`,
      )
    }
  }

  /** Files of one session name the one before them. */
  #chain(fileIndex: number): void {
    const session = this.#tapes?.sessions[fileIndex]
    const before = this.#tapes?.sessions[fileIndex - 1]
    if (!session || !before || session.startedAt !== before.startedAt) return
    const given = basename(this.#tapes?.files[fileIndex - 1] ?? '')
    if (session.previousFile === given) return
    this.#report('control', `it follows ${session.previousFile ?? 'nothing'}; the tape before it here is ${given}`)
  }

  #report = (rule: Rule, value: string): void => this.#found.add({ ...this.#at, rule, value })
}

/** Name of the venue's event. */
function streamOf(frame: unknown): string {
  if (!isObject(frame)) return ''
  const data = isObject(frame['data']) ? frame['data'] : frame
  return typeof data['e'] === 'string' ? data['e'] : ''
}
