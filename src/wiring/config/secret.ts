import { inspect } from 'node:util'

const HIDDEN = '[secret]'

/** A text that no log, JSON, template or `console.log` shows; only `reveal` does. */
export class Secret {
  readonly #text: string

  constructor(text: string) {
    this.#text = text
  }

  reveal(): string {
    return this.#text
  }

  toString(): string {
    return HIDDEN
  }

  toJSON(): string {
    return HIDDEN
  }

  [inspect.custom](): string {
    return HIDDEN
  }
}
