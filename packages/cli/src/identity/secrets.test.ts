import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { askSecret, linesOf } from './secrets.ts'

/** A terminal that somebody types a line into, and all that is written to it. */
function terminal(typed: string) {
  const stdin = Object.assign(new PassThrough(), { isTTY: true })
  const stderr = Object.assign(new PassThrough(), { isTTY: true })
  stdin.write(typed)
  return { stdin, stderr, shown: () => String(stderr.read() ?? '') }
}

test('a secret is asked for and not shown', async () => {
  const { stdin, stderr, shown } = terminal('a secret, typed\r')
  expect(await askSecret({ stdin, stderr }, { what: 'Password of ada', instead: '--stdin' })).toBe('a secret, typed')
  expect(shown()).toBe('Password of ada: \n')
})

test('without a terminal it says what to use instead', async () => {
  const { stdin, stderr } = { stdin: new PassThrough(), stderr: new PassThrough() }
  const asked = askSecret({ stdin, stderr }, { what: 'Password', instead: '--password-stdin' })
  await expect(asked).rejects.toMatchObject({
    code: 'cli_usage_invalid',
    message: expect.stringContaining('--password-stdin'),
  })
})

test('lines of stdin keep their spaces, and end as Unix or Windows ends them', async () => {
  const stdin = new PassThrough()
  stdin.end(' new one \r\nold one\n')
  expect(await linesOf(stdin)).toEqual([' new one ', 'old one', ''])
})
