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

/** Why the policy of a stage does not let a version in. */
export const notAdmitted = [
  'stage_not_allowed',
  'policy_missing',
  'gates_failed',
  'requester_not_allowed',
  'approvals_required',
] as const

/** What can be wrong with a change of a deployment, also when it was held and is applied later. */
export const updatingDeployment = [
  'project_not_found',
  'deployment_not_found',
  'snapshot_not_found',
  'deployment_snapshot_unfit',
  'model_not_found',
  'model_version_not_found',
  ...barred,
  'challenger_is_champion',
  'comparison_not_registered',
  'comparison_refused',
  ...notAdmitted,
] as const
