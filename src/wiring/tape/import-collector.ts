import { readTape } from '../../adapters/tape/read-tape.ts'
import { InputError } from '../../core/errors.ts'
import { describeTapes } from './describe-tapes.ts'
import { type ImportedFrame, type ImportSummary, writeImport } from './write-import.ts'

/**
 * Files of the hftbacktest collector, one behind the other: frames as they are, receive times with all digits (µs and ms get zeros),
 * and a session line with what can be inferred. Throws `InputError` for what is none.
 */
export async function importCollector(files: readonly string[], out: string): Promise<ImportSummary> {
  const { sessions, venueId, instruments } = await describeTapes(files)
  const own = sessions.findIndex((session) => session !== undefined)
  if (own >= 0) throw new InputError(`${files[own]}: it has a session line, so it needs no import`)
  if (venueId === undefined)
    throw new InputError(`${files.join(', ')}: no depth or trade frame tells the Binance market`)
  return writeImport(out, venueId, instruments, framesOf(files))
}

async function* framesOf(files: readonly string[]): AsyncGenerator<ImportedFrame> {
  for (const file of files) {
    let raw = ''
    // The filter sees each line as it stands in the file, just before it is handed out.
    const tape = readTape(file, (text) => {
      raw = text
      return true
    })
    for await (const _ of tape) {
      const space = raw.indexOf(' ')
      yield { ns: raw.slice(0, space).padEnd(19, '0'), text: raw.slice(space + 1) }
    }
  }
}
