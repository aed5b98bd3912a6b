import { describe, expect, test } from 'vitest'
import { recipeOf } from '../../../src/wiring/trainer/recipe.ts'
import { CONFIG } from '../evaluation/made-rows.ts'

const trainer = { recipe: { ...CONFIG.trainer.recipe, model: 'config/model.yaml' } }

describe('a recipe with parameters in its place', () => {
  test('reaches into the model file and leaves the configuration as it was', () => {
    const before = structuredClone(trainer)
    const recipe = recipeOf(trainer, { steps: 16, 'model.training.learningRate': 0.01, 'labels.costBps': 2 })
    expect(recipe).toMatchObject({ steps: 16, labels: { kind: 'return', costBps: 2 } })
    expect(recipe.model!.training!.learningRate).toBe(0.01)
    expect(recipe.plain).toMatchObject({ steps: 16, model: { training: { learningRate: 0.01 } } })
    expect(trainer).toEqual(before)
  })

  test('without a model file there is a ridge', () => {
    expect(recipeOf(CONFIG.trainer).model).toBeUndefined()
  })

  test.each([
    { name: 'an unknown key', params: { stepz: 3 }, why: /recipe:.*Unrecognized key: "stepz"/s },
    { name: 'a value out of range', params: { steps: 0 }, why: /recipe:.*at steps/s },
    { name: 'a path through a number', params: { 'steps.more': 1 }, why: /trial: steps.more: steps is no section/ },
    {
      name: 'an unknown key of the model',
      params: { 'model.training.learningRat': 1 },
      why: /model of the recipe:.*learningRat/s,
    },
    { name: 'a label of another kind', params: { 'labels.upper': 2 }, why: /recipe:.*upper.*at labels/s },
  ])('$name is refused by its path', ({ params, why }) => {
    expect(() => recipeOf(trainer, params)).toThrow(why)
  })
})
