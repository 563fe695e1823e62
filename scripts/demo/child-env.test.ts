import { expect, test } from 'vitest'
import { commandEnv, withoutGit } from './child-env.ts'

const env = { PATH: '/bin', GIT_DIR: '/elsewhere', AIRLOCK_API_KEY: 'alk_x', GITHUB_OUTPUT: '/out' }

test('a command of the demo sees no key, no other repository and no file of the CI job', () => {
  expect(commandEnv(env, { isColoured: false })).toEqual({ PATH: '/bin' })
  expect(commandEnv(env, { isColoured: true })).toEqual({ PATH: '/bin', FORCE_COLOR: '1' })
})

test('git is told of no other repository', () => {
  expect(withoutGit(env)).not.toHaveProperty('GIT_DIR')
})
