import { errors } from '@airlock-ml/contract'
import { expect, test } from 'vitest'
import { commands } from '../generated/commands.ts'

const optionsOf = new Map(commands.map(({ name, options = {} }) => [name, Object.keys(options).map(flagOf)]))

function flagOf(name: string): string {
  return `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
}

/** The `airlock …` in a remedy: the words in front of the first argument or option, and the options. */
const named = Object.entries(errors).flatMap(([code, { remedy }]) =>
  [...remedy.matchAll(/`airlock ([^`]+)`/g)].map(([text, rest = '']) => {
    const words = rest.split(' ')
    const end = words.findIndex((word) => !/^[a-z][a-z-]*$/.test(word))
    const command = (end < 0 ? words : words.slice(0, end)).join(' ')
    return { code, text, command, options: words.filter((word) => word.startsWith('--')) }
  }),
)

test.each(named)('$code: $text is a command with those options', ({ command, options }) => {
  expect([...optionsOf.keys()]).toContain(command)
  const global = ['--workspace', '--as', '--json']
  for (const option of options) expect([...optionsOf.get(command)!, ...global]).toContain(option)
})

test('every command in a remedy stands in backticks, where it is looked at', () => {
  expect(named.length).toBeGreaterThan(30)
  const bare = Object.entries(errors).filter(([, { remedy }]) =>
    /\bairlock [a-z]/.test(remedy.replaceAll(/`[^`]+`/g, '')),
  )
  expect(bare).toEqual([])
})
