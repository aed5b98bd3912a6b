import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { InputError, messageOf } from '../../core/errors.ts'

const LINE = /^(\d{4}-\d{2}-\d{2})T[\d:.]+Z,(-?[\d.]+(?:e[+-]?\d+)?),/

/** Last equity of each UTC day of an `equity.csv`, as written there, days ascending. Read line by line. Throws `InputError`. */
export async function dailyEquity(file: string): Promise<ReadonlyMap<string, string>> {
  const days = new Map<string, string>()
  const stream = createReadStream(file, 'utf8')
  let number = 0
  try {
    for await (const line of createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY })) {
      number += 1
      if (number === 1) continue
      const [, day, equity] = LINE.exec(line) ?? []
      if (day === undefined || equity === undefined) throw damaged(file, number, line)
      days.set(day, equity)
    }
  } catch (thrown) {
    if (thrown instanceof InputError) throw thrown
    throw new InputError(`${file}: cannot read it: ${messageOf(thrown)}`, { file }, thrown)
  } finally {
    stream.destroy()
  }
  return days
}

const damaged = (file: string, number: number, line: string): InputError =>
  new InputError(`${file}: line ${number} was ${JSON.stringify(line.slice(0, 80))}; it must be time,equity,exposure`, {
    file,
  })
