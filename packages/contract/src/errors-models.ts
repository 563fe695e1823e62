/** The part of the catalogue about artifacts, models and their versions. */
export const modelErrors = {
  artifact_not_found: { status: 404, title: 'No such artifact', remedy: 'See `airlock artifact list`.' },
  artifact_type_differs: {
    status: 409,
    title: 'The name is of artifacts of another type',
    remedy: 'Choose another name: all versions of one are read in the same way.',
  },
  blob_not_found: {
    status: 404,
    title: 'No such bytes in this project',
    remedy: 'Upload them first with `PUT …/blobs/{sha256}`.',
  },
  blob_digest_mismatch: {
    status: 422,
    title: 'The bytes are not what their digest says',
    remedy: 'Nothing was stored. Send the bytes again, whole, under their own SHA-256.',
  },
  blob_damaged: {
    status: 500,
    title: 'Stored bytes are damaged',
    remedy: 'Run `airlock workspace check`, then restore the object from a backup or train again.',
  },
  store_full: {
    status: 507,
    title: 'The object store is full',
    remedy: 'Nothing was half written. Make room in the store named in `details`, then run the same command again.',
  },
  store_unreachable: {
    status: 503,
    title: 'The object store cannot be reached',
    remedy:
      'Check that the store named in `details` is there and may be read and written, then run the same command again.',
  },
  store_uri_invalid: {
    status: 400,
    title: 'Not an object store of a known kind',
    remedy: 'Give a folder or a `file://` URI.',
  },
  model_not_found: { status: 404, title: 'No such model', remedy: 'See `airlock model list`.' },
  model_version_not_found: {
    status: 404,
    title: 'No such model version',
    remedy: 'See `airlock model version list MODEL`.',
  },
  model_invalid: {
    status: 422,
    title: 'Not a model that is safe to load',
    remedy: 'Export the model again with operators of the allow-list and without external data.',
  },
  evaluation_unfit: {
    status: 422,
    title: 'The evaluation does not fit the model',
    remedy:
      'In the pipeline let `trains.evaluation` name a column of the table that it gives as `evaluation`, and a class of the model; that table needs every feature of the model, too.',
  },
  scoring_failed: {
    status: 422,
    title: 'The model could not be scored within its limits',
    remedy:
      'Nothing was changed. If the model and its evaluation table are really that large, export smaller ones; else find out who made them so.',
  },
  no_champion: {
    status: 409,
    title: 'There is no champion to compare with',
    remedy: 'Name one with `--champion N`, or promote the first version without a comparison.',
  },
  comparison_refused: {
    status: 422,
    title: 'The two versions cannot be compared',
    remedy: 'Compare two different versions that were trained for the same target, columns and hold-out.',
  },
  comparison_not_registered: {
    status: 404,
    title: 'No such comparison is registered',
    remedy:
      'See `airlock comparison list`. What judges is registered before there is anything to look at: `airlock comparison apply`.',
  },
  report_not_found: {
    status: 404,
    title: 'There is no report',
    remedy:
      'Name a run or version whose pipeline has a step with a JSON output `report`, as the training of the template.',
  },
  report_invalid: {
    status: 422,
    title: 'Not a training report',
    remedy: 'Make it with `trainingReport` of `@airlock-ml/tabular`, of the same version as this command.',
  },
  stage_empty: {
    status: 409,
    title: 'No version holds the stage',
    remedy: 'Promote a version to it first: `airlock model promote MODEL --to-stage STAGE`.',
  },
  already_in_stage: { status: 409, title: 'The version holds the stage already', remedy: 'Nothing to do.' },
  stage_not_allowed: {
    status: 409,
    title: 'The version may not enter that stage from where it is',
    remedy:
      'See `details` for the stages it may come from; an archived version comes back with `airlock model rollback`.',
  },
  rollback_no_history: {
    status: 409,
    title: 'There is nothing to roll back to',
    remedy: 'See `airlock model history MODEL`; name a version that held the stage with `--to-version N`.',
  },
  rollback_target_invalid: {
    status: 409,
    title: 'That version never held the stage',
    remedy: 'Choose one of `airlock model history MODEL`.',
  },
  rollback_target_unsound: {
    status: 409,
    title: 'The version is not fit to go back to',
    remedy: 'Choose another of `airlock model history MODEL`, and look at this one with `airlock workspace check`.',
  },
  recall_not_found: { status: 404, title: 'No such recall', remedy: 'See `airlock recall list`.' },
  version_in_stage: {
    status: 409,
    title: 'The version holds a stage',
    remedy: 'Roll back first: `airlock model rollback MODEL --stage STAGE --reason TEXT`; then reject it.',
  },
  version_not_marked: {
    status: 409,
    title: 'The version is not barred',
    remedy: 'Nothing to do. See `airlock model version show MODEL N`.',
  },
  version_recalled: {
    status: 409,
    title: 'The version was recalled',
    remedy:
      'It is not used again. Train a new one without what was recalled; `airlock recall list` says what that is. If it holds a stage, roll back. If the recall was wrong, another person lifts it: `airlock recall lift ID --reason TEXT`.',
  },
  version_rejected: {
    status: 409,
    title: 'The version was rejected',
    remedy:
      'Train a better one. If the rejection was wrong, another person lifts it: `airlock model release MODEL --model-version N --reason TEXT`.',
  },
  version_rolled_back: {
    status: 409,
    title: 'The version was rolled back',
    remedy:
      'Once it is known to be sound, release it by name: `airlock model release MODEL --model-version N --reason TEXT`.',
  },
  lift_by_recaller: {
    status: 403,
    title: 'Whoever recalled may not lift',
    remedy: 'Ask another person with the right `model:lift-recall`; a service account counts as its owner.',
  },
  release_by_rejecter: {
    status: 403,
    title: 'Whoever rejected may not release',
    remedy: 'Ask another person with the right `model:release`; a service account counts as its owner.',
  },

  trace_ref_not_found: {
    status: 404,
    title: 'Nothing here goes by that name',
    remedy:
      'Give MODEL/NUMBER, MODEL/STAGE, the id of a model version, artifact, run or promotion, the SHA-256 of an artifact, bundle or snapshot, or a git commit.',
  },
} as const satisfies Record<string, { status: number; title: string; remedy: string }>
