import { escaped, px } from '../model/svg.ts'

/** Places of a chart, pixels. What is not finite is a hole; a place between two holes is a dot. */
export function drawLine(places: readonly (readonly [x: number, y: number])[], style: string): string {
  const runs = runsOf(places)
  const path = runs
    .filter((run) => run.length > 1)
    .map((run) => `M${run.map(([x, y]) => `${px(x)},${px(y)}`).join(' ')}`)
    .join('')
  const dots = runs.flatMap((run) => {
    const [x, y] = run[0]!
    return run.length > 1 ? [] : [`<circle class="line solid ${style}" cx="${px(x)}" cy="${px(y)}" r="2.5"/>`]
  })
  return (path === '' ? '' : `<path class="line ${style}" d="${path}"/>`) + dots.join('')
}

function runsOf(places: readonly (readonly [number, number])[]): readonly (readonly (readonly [number, number])[])[] {
  const runs: (readonly [number, number])[][] = []
  let isOpen = false
  for (const place of places) {
    const isPlace = Number.isFinite(place[0]) && Number.isFinite(place[1])
    if (isPlace && !isOpen) runs.push([])
    if (isPlace) runs.at(-1)!.push(place)
    isOpen = isPlace
  }
  return runs
}

export interface LegendEntry {
  readonly name: string
  /** Classes of its line. */
  readonly style: string
}

export function legend(entries: readonly LegendEntry[]): string {
  const items = entries.map(
    ({ name, style }) =>
      `<span><svg class="key" viewBox="0 0 24 8" aria-hidden="true"><line class="line ${style}" x1="1" x2="23" y1="4" y2="4"/></svg>${escaped(name)}</span>`,
  )
  return `<p class="legend">${items.join('')}</p>`
}
