import { PlatformError } from '@airlock-ml/contract'
import { expect, test } from 'vitest'
import { authorsStack } from './failure-message.ts'

const stackOf = (...frames: string[]) =>
  authorsStack(Object.assign(new Error('no rows'), { stack: ['Error: no rows', ...frames].join('\n') }))
const platform = `    at executeStep (${new URL('./execute-step.ts', import.meta.url)}:22:6)`
const installed = '    at featureMatrix (file:///home/ada/project/node_modules/@airlock-ml/tabular/dist/index.js:9:9)'
const node = '    at async writeFile (node:internal/fs/promises:1450:8)'
const theirs = '    at Object.run (file:///home/ada/project/src/steps.ts:3:9)'

test('a stack shows the frames of the author, not those of the platform and of Node', () => {
  expect(stackOf(node, installed, theirs, platform)).toBe(`Error: no rows\n${theirs}`)
})

test('where none is of the author there is none to show, nor for an error that says what to do', () => {
  expect(stackOf(node, platform)).toBeUndefined()
  expect(authorsStack(new PlatformError('store_full', 'There is no space left.'))).toBeUndefined()
})
