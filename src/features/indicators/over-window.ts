import type { Indicator } from './indicator.ts'
import { RollingWindow } from './rolling-window.ts'
import { isUsable, unit } from './unit.ts'

interface OverWindow {
  readonly name: string
  readonly period: number
  /** Inputs in the window; `period` when left out. */
  readonly size?: number
  readonly accepts?: (x: number) => boolean
  /** Of a full window. */
  of(window: RollingWindow): number
}

/** A function of the last inputs and nothing else. */
export function overWindow({ name, period, size = period, accepts = isUsable, of }: OverWindow): Indicator<number> {
  const window = new RollingWindow(size)
  return unit({
    name,
    params: [period],
    warmUp: size,
    parts: [window],
    blank: Number.NaN,
    accepts,
    step(x) {
      window.push(x)
      return window.isFull ? of(window) : Number.NaN
    },
  })
}
