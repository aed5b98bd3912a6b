import { type Command, InvalidArgumentError } from 'commander'

export type AddCommand = (name: string, description: string) => Command
/** Receives the exit code of the command that ran. */
export type Finish = (code: number) => void

export const JSON_FLAG = ['--json', 'print one JSON object as the last line of standard output', false] as const
export const CONFIG = '--config <file>'
export const YAML_FILE = 'YAML file, see docs/configuration.md'

export function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text)
    if (/^\d+$/.test(text) && value >= least && value <= most) return value
    throw new InvalidArgumentError(`A whole number from ${least} to ${most}.`)
  }
}
