import { expect, test } from 'vitest'
import { targetOf } from './target.ts'

const nothing = { model: undefined, modelVersion: undefined, artifact: undefined, commit: undefined }

test('a recall names a version, an artifact or a commit', () => {
  expect(targetOf({ ...nothing, model: 'm', modelVersion: 3 })).toEqual({ model: 'm', number: 3 })
  expect(targetOf({ ...nothing, artifact: 'd' })).toEqual({ artifact: 'd' })
  expect(targetOf({ ...nothing, commit: 'c' })).toEqual({ commit: 'c' })
})

test('nothing, two things, or half of a version is wrong usage', () => {
  for (const given of [
    {},
    { artifact: 'd', commit: 'c' },
    { model: 'm', modelVersion: 1, commit: 'c' },
    { model: 'm' },
    { modelVersion: 1 },
  ])
    expect(() => targetOf({ ...nothing, ...given })).toThrowError(
      expect.objectContaining({ code: 'cli_usage_invalid' }),
    )
})
