import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { InputError } from '../../../src/core/errors.ts'
import { drawGraph } from '../../../src/report/model/draw-graph.ts'
import { foldGraph } from '../../../src/report/model/fold-graph.ts'
import { graphView } from '../../../src/report/model/graph-view.ts'
import { layoutBoxes } from '../../../src/report/model/layout-boxes.ts'
import { graphWriter, transformerGraph, unrolledGraph } from './sample-graph.ts'

const folded = (bytes: Uint8Array, depth?: number) => foldGraph(graphView(bytes, 'x.onnx'), depth)
const titles = (bytes: Uint8Array, depth?: number): string[] => folded(bytes, depth).boxes.map(({ title }) => title)

describe('folding', () => {
  test('closed scopes are one box each, in the order of the file; outputs keep their names', () => {
    const ends = ['mean', 'volatility', 'quantiles', 'classes']
    expect(titles(transformerGraph(), 0)).toEqual(['x', 'scaler', 'embedding', 'encoder', 'head', ...ends])
  })

  test('each level of depth opens one more level of scopes', () => {
    const two = titles(transformerGraph(), 1)
    expect(two.slice(0, 10)).toEqual([
      'x',
      'Sub',
      'Div',
      'Clip',
      'MatMul',
      'Add',
      'Add',
      'layer0',
      'layer1',
      'ReduceMean',
    ])
    expect(titles(transformerGraph(), 2).filter((title) => title === 'attention')).toHaveLength(2)
    expect(titles(transformerGraph(), 9).length).toBeGreaterThan(60)
  })

  test('without a depth as many levels open as stay readable', () => {
    expect(folded(transformerGraph(1)).depth).toBe(3)
    expect(folded(transformerGraph(2)).depth).toBe(2)
    expect(folded(transformerGraph(40)).depth).toBe(0)
  })

  test('edges are exactly the hand-overs between boxes', () => {
    const { edges } = folded(transformerGraph(), 0)
    expect(edges.map(({ from, to }) => `${from} ${to}`).slice(0, 4)).toEqual([
      'input:x scope:scaler',
      'scope:scaler scope:embedding',
      'scope:embedding scope:encoder',
      'scope:encoder scope:head',
    ])
    expect(edges).toHaveLength(8)
  })

  test('chains in a crowded graph are one box each, and no operator is lost', () => {
    const w = graphWriter('chains')
    const x = w.input('x', ['batch', 4])
    const ends = Array.from({ length: 20 }, (_, row) => {
      const ops = ['Neg', 'Exp', 'Tanh', 'Relu', 'Sqrt']
      return ops.reduce((value, op, at) => w.node(`${op}_${row}_${at}`, op, [value]), x)
    })
    w.output('y', w.node('all', 'Concat', ends), ['batch', 80])
    const { boxes } = folded(w.bytes())
    expect(boxes.map(({ title }) => title)).toContain('Neg → Exp → Tanh → Relu → 1 more')
    expect(boxes).toHaveLength(23)
    expect(boxes.reduce((sum, { nodes }) => sum + nodes.length, 0)).toBe(101)
  })

  test('thousands of operators without scopes become a few runs', () => {
    const { boxes } = folded(unrolledGraph(1_000))
    expect(boxes).toHaveLength(18)
    expect(boxes.reduce((sum, { nodes }) => sum + nodes.length, 0)).toBe(5_000)
  })
})

test('boxes do not overlap, stay on the page, and lie inside their frames', () => {
  const graph = folded(transformerGraph())
  const { boxes, frames, width, height } = layoutBoxes(graph, () => ({ width: 120, height: 40 }))
  const placed = [...boxes.values()]
  for (const [i, a] of placed.entries()) {
    expect(Math.min(a.x - 60, a.y - 20, width - a.x - 60, height - a.y - 20)).toBeGreaterThanOrEqual(0)
    for (const b of placed.slice(i + 1)) expect(Math.abs(a.x - b.x) >= 120 || Math.abs(a.y - b.y) >= 40).toBe(true)
  }
  const layer = frames.find(({ title }) => title === 'layer0')!
  for (const { id, frames: path } of graph.boxes) {
    if (path[1] !== 'layer0') continue
    const { x, y } = boxes.get(id)!
    expect(Math.abs(x - layer.x)).toBeLessThan(layer.width / 2)
    expect(Math.abs(y - layer.y)).toBeLessThan(layer.height / 2)
  }
})

describe('drawGraph', () => {
  test('tells operators, shapes and stored tensors; equal bytes give equal drawings', () => {
    const bytes = transformerGraph()
    const svg = drawGraph(bytes, { file: 'x.onnx', depth: 9 })
    for (const part of ['>MatMul<', '[batch, 32, 64]', 'positions [32, 64]', 'max = 8', '>0.125<', '>attention<']) {
      expect(svg).toContain(part)
    }
    expect(drawGraph(bytes, { file: 'x.onnx', depth: 9 })).toBe(svg)
    expect(svg).not.toMatch(/NaN|undefined|Infinity/)
  })

  test('names cannot break out of the markup', () => {
    const w = graphWriter('<script>alert(1)</script>')
    const x = w.input('x"><b>', ['batch'])
    w.output('y', w.node("a&'<i>/neg", 'Neg<u>', [x]), ['batch'])
    const svg = drawGraph(w.bytes(), { file: 'x.onnx' })
    expect(svg).not.toMatch(/<(script|b|i|u)>/)
    expect(svg).toContain('&lt;script&gt;')
  })

  test('the demo model', () => {
    const version = readFileSync('models/demo/current', 'utf8').trim()
    const svg = drawGraph(readFileSync(`models/demo/${version}/model.onnx`), { file: 'model.onnx' })
    expect(svg).toMatch(/^<svg [\s\S]*<\/svg>\n$/)
    for (const name of ['x', 'mean', 'volatility', 'quantiles', 'classes']) expect(svg).toContain(`>${name}</text>`)
  })

  test('what is no ONNX file is refused', () => {
    for (const bytes of [new Uint8Array(), Uint8Array.of(1, 2, 3), new TextEncoder().encode('hello')]) {
      expect(() => drawGraph(bytes, { file: 'x.onnx' })).toThrow(InputError)
      expect(() => drawGraph(bytes, { file: 'x.onnx' })).toThrow('x.onnx: it must be an ONNX file')
    }
  })
})
