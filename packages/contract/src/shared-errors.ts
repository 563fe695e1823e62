/** What can be wrong with a bundle that is verified and scored. */
export const assessing = [
  'exchange_uri_invalid',
  'exchange_unreachable',
  'bundle_not_found',
  'bundle_invalid',
  'bundle_other_model',
  'bundle_key_retired',
  'bundle_untrusted',
  'bundle_too_new',
  'model_invalid',
  'scoring_failed',
  'store_full',
  'store_unreachable',
] as const

/** What bars a version from every stage and every bundle. */
export const barred = ['version_rejected', 'version_rolled_back', 'version_recalled'] as const
