export { bundlePrefix, bundlePrefixOf } from './bundle-uri.ts'
export { canonicalJson, canonicalText, digestOf } from './canonical-json.ts'
export {
  type Decision,
  type DecisionKeyClaim,
  decisionBytes,
  decisionKeyClaimBytes,
  isDecisionSignedBy,
  isKeyClaimProven,
  signDecision,
  signKeyClaim,
} from './decision.ts'
export {
  EnvelopeError,
  preAuthenticationEncoding,
  recallPayloadType,
  receiptPayloadType,
  signEnvelope,
  type TrustedSigner,
  verifyEnvelope,
} from './envelope.ts'
export { type FetchedBundle, fetchBundle } from './fetch.ts'
export {
  type Checkpoint,
  checkpointKey,
  checkpointPayloadType,
  readCheckpoint,
  type SignedCheckpoint,
  signCheckpoint,
} from './log/checkpoint.ts'
export {
  type Countersignature,
  readCountersignature,
  type SignedCountersignature,
  signCountersignature,
  witnessKey,
  witnessPayloadType,
} from './log/countersignature.ts'
export { EVIDENCE_EVENT } from './log/evidence.ts'
export { type ExportHeader, exportLine } from './log/export-lines.ts'
export {
  demandProvenExport,
  EXPORT_EVENT,
  type ExportProof,
  exportProofBytes,
  exportProofKey,
  readExportProof,
} from './log/export-proof.ts'
export { Frontier, growFrontier } from './log/frontier.ts'
export { NotAnExport } from './log/log-verifier.ts'
export {
  consistencyRanges,
  hashRange,
  inclusionRanges,
  type LeafRange,
  leafHash,
  leafHashOfText,
  type NodePlace,
  type NodeReader,
  nodesOfRange,
  type TreeNode,
} from './log/merkle.ts'
export { type TreeHead, verifyConsistency, verifyInclusion } from './log/proof.ts'
export { RECOVERY_EVENT, type Recovery } from './log/recovery.ts'
export { type KeyRotation, ROTATION_EVENT, readRotation, rotationPayloadType, signRotation } from './log/rotation.ts'
export type { LogProblem, LogVerdict } from './log/verdict.ts'
export { type VerifyExportOptions, verifyExport } from './log/verify-export.ts'
export { bundleDigestOf, manifestBytes } from './manifest-file.ts'
export { buildStatement, type Resource, type Statement, signStatement, verifySignature } from './oms.ts'
export { type FileToPack, type PackedBundle, packBundle } from './pack.ts'
export { maxJsonDepth, parseShallowJson } from './shallow-json.ts'
export { createSigningKey, fileSigner, keyHint, normalisePublicKey, publicKeyOf, type Signer } from './signing.ts'
export { type VerifiedBundle, verifyBundleDir } from './verify-dir.ts'
