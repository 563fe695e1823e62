import { expect, test } from 'vitest'
import type { Context } from '../context.ts'
import { coloursFor } from './colours.ts'
import { shown } from './show.ts'
import { listed } from './table.ts'

const notes: string[] = []
const context = { colours: coloursFor({}, {}), note: (line) => void notes.push(line) } as Context

test('a list is a table without lines, and says when there is more', async () => {
  const page = {
    items: [
      { name: 'training', runs: 3, error: null },
      { name: 'x', runs: 0, error: 'late' },
    ],
    nextCursor: 'c1',
  }
  const result = listed(page, { Name: (one) => one.name, Runs: (one) => one.runs, Error: (one) => one.error }, context)
  expect(await result.text()).toBe(['NAME      RUNS  ERROR', 'training  3     -', 'x         0     late'].join('\n'))
  expect(notes).toEqual(['There are more: add --cursor c1'])
  expect(result.data).toEqual(page)
})

test('columns stand below each other whatever the text: wide, joined, of several lines', async () => {
  const page = {
    items: [
      { name: '模型', by: 'ada' },
      { name: 'e\u0301', by: 'ben' },
      { name: 'a\n  b', by: 'eva' },
    ],
    nextCursor: null,
  }
  const result = listed(page, { Name: (one) => one.name, By: (one) => one.by }, context)
  expect(await result.text()).toBe(['NAME  BY', '模型  ada', 'e\u0301     ben', 'a b   eva'].join('\n'))
})

test('an empty list says none, and is an empty page as JSON', async () => {
  const result = listed({ items: [], nextCursor: null }, { Name: () => '' }, context)
  expect(await result.text()).toBe('none')
  expect(result.data).toEqual({ items: [], nextCursor: null })
})

test('a show is one column of keys; lines that follow stand below their value', async () => {
  const resource = { id: 7 }
  const result = shown(resource, { id: 7, 'public key': 'a\nb', missing: null }, { context, more: () => 'below' })
  expect(await result.text()).toBe(
    ['id          7', 'public key  a', '            b', 'missing     -', '', 'below'].join('\n'),
  )
  expect(result.data).toBe(resource)
})
