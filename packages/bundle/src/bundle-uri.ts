import { PlatformError } from '@airlock-ml/contract'

const attempt = /^bundles\/([0-9a-f]{64})\/attempt-([1-9][0-9]{0,5})$/

/** Where one attempt of a bundle lies in the exchange: `bundles/DIGEST/attempt-N`. */
export const bundlePrefix = (digest: string, number: number): string => `bundles/${digest}/attempt-${number}`

/** The digest and number in a prefix. Throws `exchange_uri_invalid` for anything that is not one. */
export const parseBundlePrefix = (prefix: string): { digest: string; number: number } => {
  const [, digest, number] = attempt.exec(prefix) ?? []
  if (digest === undefined || number === undefined) throw invalid(prefix, 'it does not end in bundles/DIGEST/attempt-N')
  return { digest, number: Number(number) }
}

/**
 * The prefix inside an exchange that a bundle's URI names. The URI is compared as text and never decoded, so that it can
 * name nothing but a bundle of this exchange. Throws `exchange_uri_invalid`.
 */
export const bundlePrefixOf = (exchangeUri: string, uri: string): string => {
  const root = `${exchangeUri.replace(/\/+$/, '')}/`
  if (!uri.startsWith(root)) throw invalid(uri, `this workspace's exchange is ${root}`)
  const prefix = uri.slice(root.length).replace(/\/$/, '')
  if (!attempt.test(prefix)) throw invalid(uri, 'it does not end in bundles/DIGEST/attempt-N')
  return prefix
}

const invalid = (uri: string, why: string): PlatformError =>
  new PlatformError('exchange_uri_invalid', `${uri.slice(0, 500)} is no bundle in this exchange: ${why}.`, {
    uri: uri.slice(0, 2_000),
  })
