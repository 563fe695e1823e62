import { API_PREFIX, api } from '@airlock-ml/contract'
import { LinearRouter } from 'hono/router/linear-router'
import { expect, test } from 'vitest'
import { SegmentRouter } from './segment-router.ts'

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND']

test('every path leads where it leads among all routes at once, with the same parameters', () => {
  const one = new SegmentRouter<string>()
  const all = new LinearRouter<string>()
  for (const router of [one, all]) {
    router.add('GET', '/healthz', 'health')
    router.add('ALL', '/*', 'drain')
    for (const [id, { method, path }] of Object.entries(api))
      router.add(method, API_PREFIX + path.replace(/\{(\w+)\}/g, ':$1'), id)
  }
  const known = Object.values(api).map(({ path }) => API_PREFIX + path.replace(/\{(\w+)\}/g, 'some-$1'))
  const paths = ['/', '', '//', '/healthz', '/nowhere', `${API_PREFIX}/projects//runs`, ...known]
  for (const path of paths.flatMap((each) => [each, `${each}/`, `${each}//`, `${each}/more/and/more/and/more`]))
    for (const method of methods) expect(one.match(method, path), `${method} ${path}`).toEqual(all.match(method, path))
  expect(one.match('GET', `${API_PREFIX}/projects/mine`)[0]).toEqual([
    ['drain', {}],
    ['showProject', { project: 'mine' }],
  ])
})

test('a path that it would take for another is refused', () => {
  for (const path of ['/a/*', '/a/:b?', '/a/:b{[0-9]+}'])
    expect(() => new SegmentRouter().add('GET', path, 'no')).toThrow()
})

test('a route that is added later is found', () => {
  const router = new SegmentRouter<string>()
  router.add('GET', '/a/:b', 'first')
  expect(router.match('GET', '/a/1')[0]).toHaveLength(1)
  router.add('GET', '/a/1', 'second')
  expect(router.match('GET', '/a/1')[0].map(([handler]) => handler)).toEqual(['first', 'second'])
})
