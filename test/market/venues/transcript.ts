import { readFileSync } from 'node:fs'

/** What the venue pushed in a transcript of the JKorf libraries: `>` is sent, `<` answered, `=` pushed; JSON may span lines. */
export function pushedFrames(file: string): unknown[] {
  const blocks = readFileSync(file, 'utf8').split(/^(?=[<>=]\d* )/m)
  return blocks.filter((block) => block.startsWith('=')).map((block) => JSON.parse(block.slice(1)))
}
