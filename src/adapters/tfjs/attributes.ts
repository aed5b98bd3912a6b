import { check } from '../../core/check.ts'
import { InvariantError } from '../../core/errors.ts'

export type AttributeValue = number | string | readonly number[] | readonly string[]

/** Reads the attributes of one node, and knows which of them nobody read. A wrong kind throws. */
export interface Attributes {
  number(name: string, fallback: number): number
  text(name: string, fallback: string): string
  /** Undefined when the attribute is absent. */
  numbers(name: string): readonly number[] | undefined
  texts(name: string): readonly string[] | undefined
  /** Attributes present and never read: the operator does not know them. */
  unread(): readonly string[]
}

export function attributesOf(values: ReadonlyMap<string, AttributeValue>): Attributes {
  const unread = new Set(values.keys())
  const take = (name: string): AttributeValue | undefined => {
    unread.delete(name)
    return values.get(name)
  }
  const list = <T extends string | number>(name: string, kind: 'string' | 'number'): readonly T[] | undefined => {
    const value = take(name)
    if (value === undefined) return undefined
    check(Array.isArray(value) && value.every((item) => typeof item === kind), `attribute ${name}, ${kind}s,`, value)
    return value as readonly T[]
  }
  return {
    number: (name, fallback) => {
      const value = take(name) ?? fallback
      if (typeof value !== 'number') throw new InvariantError(`attribute ${name} was ${value}; it must be a number`)
      return value
    },
    text: (name, fallback) => {
      const value = take(name) ?? fallback
      if (typeof value !== 'string') throw new InvariantError(`attribute ${name} was ${value}; it must be a text`)
      return value
    },
    numbers: (name) => list<number>(name, 'number'),
    texts: (name) => list<string>(name, 'string'),
    unread: () => [...unread],
  }
}
