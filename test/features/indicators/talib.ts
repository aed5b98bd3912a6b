import { createRequire } from 'node:module'

/** The part of the binding to the C library that the tests use; it brings no types, and no module that `import` can load. */
interface TaLib {
  execute(request: Readonly<Record<string, unknown>>): {
    readonly begIndex: number
    readonly nbElement: number
    readonly result: Readonly<Record<string, readonly number[]>>
  }
}

const require = createRequire(import.meta.url)
const library = require('talib') as TaLib

export interface TaLibSeries {
  /** Index of the input that brought the first value. */
  readonly begin: number
  readonly values: readonly number[]
}

/**
 * One output of one TA-Lib function over whole series, without NaN (the library reads on); `request` holds the input arrays and
 * the options by TA-Lib's names.
 */
export function talib(name: string, output: string, request: Readonly<Record<string, unknown>>): TaLibSeries {
  const inputs = Object.values(request).filter((value): value is readonly number[] => Array.isArray(value))
  const { begIndex, nbElement, result } = library.execute({
    name,
    startIdx: 0,
    endIdx: inputs[0]!.length - 1,
    ...request,
  })
  return { begin: begIndex, values: result[output]!.slice(0, nbElement) }
}
