export { bundlePrefix, bundlePrefixOf } from './bundle-uri.ts'
export { canonicalJson, digestOf } from './canonical-json.ts'
export {
  EnvelopeError,
  preAuthenticationEncoding,
  receiptPayloadType,
  signEnvelope,
  type TrustedSigner,
  verifyEnvelope,
} from './envelope.ts'
export { type FetchedBundle, fetchBundle } from './fetch.ts'
export { manifestBytes } from './manifest-file.ts'
export { buildStatement, type Resource, type Statement, signStatement, verifySignature } from './oms.ts'
export { type FileToPack, type PackedBundle, packBundle } from './pack.ts'
export { createSigningKey, fileSigner, keyHint, normalisePublicKey, publicKeyOf, type Signer } from './signing.ts'
