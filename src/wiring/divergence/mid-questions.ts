import type { InstrumentSymbol } from '../../core/instrument.ts'
import type { MarketEvent } from '../../core/market-event.ts'
import type { Book } from '../../market/book.ts'

interface Question {
  readonly at: number
  answer(midTicks: number | undefined): void
}

/** Mids of the tape at given moments: of the last book or best quote that had come by then. */
export class MidQuestions {
  readonly #waiting = new Map<InstrumentSymbol, Question[]>()
  readonly #mids = new Map<InstrumentSymbol, number>()
  /** Gaps do not touch them: a run that ends closes its sockets before its tape. */
  readonly #lastMids = new Map<InstrumentSymbol, number>()

  /** A moment that has passed has the mid of now. Few wait at once: those of the orders on their way. */
  ask(symbol: InstrumentSymbol, at: number, answer: Question['answer']): void {
    const questions = this.#waiting.get(symbol) ?? []
    this.#waiting.set(symbol, questions)
    questions.push({ at, answer })
    questions.sort((a, b) => a.at - b.at)
  }

  /** The next event will come at `at`: every moment before it has its last mid. */
  passTo(symbol: InstrumentSymbol, at: number): void {
    const questions = this.#waiting.get(symbol)
    while (questions?.[0] && questions[0].at < at) questions.shift()!.answer(this.#mids.get(symbol))
  }

  /** After the event. `book`: void unless `synced`. */
  onEvent(event: MarketEvent, book: Book, synced: boolean): void {
    const { symbol } = event
    // Of lost trades the book knows nothing: it stands.
    if (event.kind === 'gap' && event.reason !== 'trades') this.#mids.delete(symbol)
    else if (event.kind === 'quote') this.#set(symbol, (event.bidTicks + event.askTicks) / 2)
    else if (event.kind === 'book' && synced) this.#set(symbol, (book.bidTicks + book.askTicks) / 2)
  }

  /** Ends the questions that are left with the last mid. */
  finish(): void {
    for (const symbol of this.#waiting.keys()) this.passTo(symbol, Number.POSITIVE_INFINITY)
  }

  /** While there is one. */
  now(symbol: InstrumentSymbol): number | undefined {
    return this.#mids.get(symbol)
  }

  /** The last there was; undefined when there never was a book. */
  last(symbol: InstrumentSymbol): number | undefined {
    return this.#lastMids.get(symbol)
  }

  #set(symbol: InstrumentSymbol, midTicks: number): void {
    if (!Number.isFinite(midTicks)) return
    this.#mids.set(symbol, midTicks)
    this.#lastMids.set(symbol, midTicks)
  }
}
