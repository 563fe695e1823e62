/** The part of the catalogue about policies, promotions and bundles. */
export const promotionErrors = {
  policy_missing: {
    status: 409,
    title: 'No policy guards the stage, so nothing may enter it',
    remedy: 'Write one and apply it with `airlock policy apply FILE`.',
  },
  policy_invalid: {
    status: 422,
    title: 'The policy cannot be applied',
    remedy: 'Correct what `details` names and apply it again.',
  },
  policy_not_found: { status: 404, title: 'No such policy', remedy: 'See `airlock policy list`.' },
  gates_failed: {
    status: 409,
    title: 'The policy refuses the version',
    remedy: 'Each failed gate in `details` says what to do.',
  },
  approvals_required: {
    status: 409,
    title: 'The stage needs approvals',
    remedy:
      'Bring the version in with `airlock promote`, where people approve a plan, or use a stage whose policy asks for none.',
  },
  requester_not_allowed: {
    status: 403,
    title: 'The policy takes requests of one job only',
    remedy: 'Ask in the job that `details` names, after `airlock login WORKSPACE --oidc` in it.',
  },
  promotion_not_found: { status: 404, title: 'No such promotion', remedy: 'See `airlock promotion list`.' },
  promotion_ended: {
    status: 409,
    title: 'The promotion has ended',
    remedy: 'Request a new one with `airlock promote`.',
  },
  promotion_not_ready: {
    status: 409,
    title: 'The promotion has no plan to decide on yet',
    remedy: 'Wait for it with `airlock promotion wait ID`, then decide.',
  },
  promotion_approved: {
    status: 409,
    title: 'The promotion has the approvals it needs',
    remedy: 'No further approval is needed; see how the import goes with `airlock promotion wait ID`.',
  },
  plan_changed: {
    status: 409,
    title: 'The plan is not the one that was looked at',
    remedy: 'Look at it again with `airlock promotion show ID`, then decide on its new digest.',
  },
  approval_by_requester: {
    status: 403,
    title: 'Whoever asked may not approve',
    remedy: 'Ask another person who has a role that the policy names; a service account counts as its owner.',
  },
  approval_exists: { status: 409, title: 'This person has approved the plan already', remedy: 'Nothing to do.' },
  approval_role_missing: {
    status: 403,
    title: 'The policy asks for another role',
    remedy: 'Ask a person with one of the roles named in `details`.',
  },
  exchange_uri_invalid: {
    status: 400,
    title: 'Not a bundle in this exchange',
    remedy: 'Give the URI that the export printed; it must lie in the exchange of this workspace.',
  },
  exchange_unreachable: {
    status: 503,
    title: 'The exchange does not answer',
    remedy: 'Check the `exchange` of `airlock.config.ts` and run the same command again.',
  },
  export_not_possible: {
    status: 409,
    title: 'The version cannot be exported',
    remedy:
      'Only a version made by a completed run, with a model and an evaluation table, can be exported; train again.',
  },
  bundle_not_found: { status: 404, title: 'No bundle is there', remedy: 'Check the URI, or export again.' },
  bundle_invalid: {
    status: 422,
    title: 'The bundle is not whole',
    remedy: 'Nothing was imported. Export it again; if it fails again, find out who changed it.',
  },
  bundle_key_retired: {
    status: 403,
    title: 'The bundle was signed with a retired key',
    remedy:
      'Export the version again in its workspace, whose key of now will sign it: `airlock promote … --export-only`. An older bundle is taken as it is once its workspace has published the proof of its export: `airlock audit checkpoint` there.',
  },
  bundle_other_model: {
    status: 409,
    title: 'The bundle holds another model',
    remedy: 'Name the model it holds with `--model`, or give the address of a bundle of the model you mean.',
  },
  bundle_signed_by_other: {
    status: 403,
    title: 'The bundle is not signed by a key that was given',
    remedy:
      'Get the public key of the workspace that exported it from the people who run it, and give that with `--public-key FILE`; if it is the one you gave, do not use the bundle.',
  },
  bundle_untrusted: {
    status: 403,
    title: 'The bundle is not signed by a key this workspace trusts',
    remedy: 'If the source is right, a platform-admin adds its key with `airlock trust add`.',
  },
  bundle_too_new: {
    status: 422,
    title: 'The bundle was written by a newer Airlock',
    remedy: 'Upgrade this workspace, then import it again.',
  },
  bundle_replayed: {
    status: 409,
    title: 'An older bundle is not imported over a newer one',
    remedy: 'To go back, use `airlock model rollback MODEL --to-version N`.',
  },
} as const satisfies Record<string, { status: number; title: string; remedy: string }>
