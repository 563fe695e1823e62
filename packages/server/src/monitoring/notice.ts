import { type DriftFinding, type DriftNotice, MOST_TOLD_BREACHES } from '@airlock-ml/contract'

/** What hooks are told of breaches that began together; of very many the first. */
export const noticeOf = (
  about: Omit<DriftNotice, 'breaches' | 'breachCount'>,
  breaches: readonly Omit<DriftFinding, 'level'>[],
): DriftNotice => ({
  ...about,
  breaches: breaches
    .slice(0, MOST_TOLD_BREACHES)
    .map(({ measure, subject, name, value, limit }) => ({ level: 'breach', measure, subject, name, value, limit })),
  breachCount: breaches.length,
})
