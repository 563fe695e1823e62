import type { Approval } from '@airlock-ml/contract'

const faults = {
  signature_invalid: 'does not count: the signature is not by their key over this',
  key_ended: 'does not count: its key was ended',
  approver_disabled: 'does not count: they are disabled',
} as const satisfies Record<NonNullable<Approval['fault']>, string>

/** Why a decision does not count, to stand behind it; empty when nothing is wrong. */
export const approvalFaultText = ({ fault }: Pick<Approval, 'fault'>): string => (fault ? `, ${faults[fault]}` : '')
