import { PlatformError } from '@airlock-ml/contract'
import { TableError } from '@airlock-ml/tabular'
import { expect, test } from 'vitest'
import { failureLine } from './failure-message.ts'

const thrown = (error: Error, ...frames: string[]) =>
  failureLine(Object.assign(error, { stack: [`${error.name}: ${error.message}`, ...frames].join('\n') }), 'Step "s"')
const stackOf = (...frames: string[]) => thrown(new Error('no rows'), ...frames)
const platform = `    at executeStep (${new URL('./execute-step.ts', import.meta.url)}:22:6)`
const installed = '    at featureMatrix (file:///home/ada/project/node_modules/@airlock-ml/tabular/dist/index.js:9:9)'
const node = '    at async writeFile (node:internal/fs/promises:1450:8)'
const theirs = '    at Object.run (file:///home/ada/project/src/steps.ts:3:9)'

test('a stack shows the frames of the author, not those of the platform and of Node', () => {
  expect(stackOf(node, installed, theirs, platform)).toEqual({ message: `Error: no rows\n${theirs}` })
})

test('where none is of the author there is none to show', () => {
  expect(stackOf(node, platform)).toEqual({ message: 'no rows' })
  expect(failureLine('gone', 'Step "s"').message).toContain('Step "s" threw the text "gone"')
})

test('an error that says what its user has to do is told without a stack, which is kept beside it', () => {
  expect(thrown(new PlatformError('store_full', 'There is no space left.'), theirs, platform)).toEqual({
    message: 'There is no space left.',
    fields: { stack: theirs },
  })
  const { message, fields } = thrown(new TableError('value_missing', 'Row 2 has no value.'), installed, theirs)
  expect(message).toBe('TableError: Row 2 has no value.')
  expect(fields).toEqual({ stack: theirs })
})
