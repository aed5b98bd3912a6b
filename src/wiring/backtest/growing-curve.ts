const ROOM_MIN = 1_024

/** Columns of floats that grow: a backtest has millions of moments, an array of objects would not hold them. */
export interface GrowingCurve {
  /** As many values as the curve has columns. */
  add(at: number, ...values: readonly number[]): void
  /** Copies of what was added: the moments, then each column. */
  columns(): readonly Float64Array[]
}

export function growingCurve(width: number): GrowingCurve {
  let room = ROOM_MIN
  let length = 0
  let lanes = Array.from({ length: width + 1 }, () => new Float64Array(room))
  function grow(): void {
    room *= 2
    lanes = lanes.map((lane) => {
      const longer = new Float64Array(room)
      longer.set(lane)
      return longer
    })
  }
  return {
    add(at, ...values) {
      if (length === room) grow()
      lanes[0]![length] = at
      for (let column = 0; column < width; column += 1) lanes[column + 1]![length] = values[column]!
      length += 1
    },
    columns: () => lanes.map((lane) => lane.slice(0, length)),
  }
}
