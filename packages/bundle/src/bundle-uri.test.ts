import { expect, test } from 'vitest'
import { bundlePrefix, bundlePrefixOf, parseBundlePrefix } from './bundle-uri.ts'

const exchange = 'file:///srv/the%20exchange'
const digest = 'ab'.repeat(32)
const invalid = expect.objectContaining({ code: 'exchange_uri_invalid' })

test('the URI of an export is the prefix of its bundle', () => {
  const prefix = bundlePrefix(digest, 12)
  expect(bundlePrefixOf(exchange, `${exchange}/${prefix}`)).toBe(prefix)
  expect(bundlePrefixOf(`${exchange}/`, `${exchange}/${prefix}/`)).toBe(prefix)
  expect(parseBundlePrefix(prefix)).toEqual({ digest, number: 12 })
})

test.each([
  ['another folder', `file:///srv/other/bundles/${digest}/attempt-1`],
  ['a folder that begins alike', `${exchange}-2/bundles/${digest}/attempt-1`],
  ['another scheme', `gs://the%20exchange/bundles/${digest}/attempt-1`],
  ['another host', `file://host/srv/the%20exchange/bundles/${digest}/attempt-1`],
  ['a path', `/srv/the exchange/bundles/${digest}/attempt-1`],
  ['dots', `${exchange}/bundles/../bundles/${digest}/attempt-1`],
  ['encoded dots', `${exchange}/bundles/%2e%2e/${digest}/attempt-1`],
  ['an encoded slash', `${exchange}/bundles%2F${digest}/attempt-1`],
  ['a doubled slash', `${exchange}//bundles/${digest}/attempt-1`],
  ['another prefix of the exchange', `${exchange}/receipts/${digest}/attempt-1`],
  ['upper case', `${exchange}/bundles/${digest.toUpperCase()}/attempt-1`],
  ['a short digest', `${exchange}/bundles/${digest.slice(1)}/attempt-1`],
  ['no attempt', `${exchange}/bundles/${digest}`],
  ['attempt zero', `${exchange}/bundles/${digest}/attempt-0`],
  ['a file of the bundle', `${exchange}/bundles/${digest}/attempt-1/model.sig`],
  ['a query', `${exchange}/bundles/${digest}/attempt-1?x`],
  ['a line break', `${exchange}/bundles/${digest}/attempt-1\n`],
  ['the exchange itself', exchange],
  ['nothing', ''],
])('a URI with %s is no bundle of the exchange', (_what, uri) => {
  expect(() => bundlePrefixOf(exchange, uri)).toThrow(invalid)
})
