CREATE TABLE answered_versions (
  deployment_id text not null references deployments (id), digest text not null, number integer not null,
  role text not null check (role in ('champion', 'canary', 'shadow')), predictions integer not null,
  first_at text not null, last_at text not null, primary key (digest, deployment_id, number, role));

CREATE TABLE api_keys (
  id text primary key, identity_id text not null references identities (id), secret_hmac text not null,
  created_at text not null, expires_at text, revoked_at text, scope text not null, minted_by text,
  federation_rule_id text, claims text, password_id text);

CREATE INDEX api_keys_by_identity on api_keys (identity_id);

CREATE INDEX api_keys_by_password on api_keys (password_id) where password_id is not null;

CREATE TABLE approvals (
  promotion_id text not null references promotions (id), plan_digest text not null, person text not null,
  by_name text not null, decision text not null check (decision in ('approved', 'rejected')), reason text,
  at text not null, expires_at text, key_fingerprint text not null references decision_keys (fingerprint),
  signature text not null, primary key (promotion_id, plan_digest, person, at));

CREATE TABLE artifact_notes (
  project text not null, name text not null, version integer not null, notes text not null,
  primary key (project, name, version));

CREATE TABLE artifact_tags (
  project text not null, name text not null, version integer not null, tag text not null,
  primary key (project, tag, name, version));

CREATE INDEX artifact_tags_by_version on artifact_tags (project, name, version);

CREATE TABLE artifact_versions (
  id text primary key, project text not null, name text not null, version integer not null, type text not null,
  digest text not null, size_bytes bigint not null, metadata text not null, run_id text, step text, output text,
  registered_by text, created_at text not null,
  foreign key (project, digest) references blobs (project, digest));

CREATE INDEX artifact_versions_by_digest on artifact_versions (project, digest, id);

CREATE INDEX artifact_versions_by_name on artifact_versions (project, name, version, id);

CREATE INDEX artifact_versions_by_run on artifact_versions (run_id, step, output);

CREATE TABLE audit_events (
  sequence integer primary key, type text not null, subject_id text not null, entry text not null,
  leaf_hash text not null, nodes text not null);

CREATE INDEX audit_events_by_subject on audit_events (subject_id);

CREATE INDEX audit_events_by_type on audit_events (type);

CREATE TABLE audit_head (
  id integer primary key check (id = 1), sequence bigint not null, frontier text not null);

CREATE TABLE batch_breaches (
  project text not null references projects (name), batch_id text not null, digest text not null,
  primary key (project, batch_id, digest));

CREATE TABLE blobs (
  project text not null references projects (name), digest text not null, size_bytes bigint not null,
  created_at text not null, wanted_at text not null, deleted_at text, deleted_by text, removed_at text,
  primary key (project, digest), check ((deleted_at is null) = (deleted_by is null)));

CREATE INDEX blobs_by_digest on blobs (digest);

CREATE INDEX blobs_to_remove on blobs (digest) where deleted_at is not null and removed_at is null;

CREATE TABLE cache_keys (
  project text not null references projects (name), cache_key text not null, parts text not null,
  primary key (project, cache_key));

CREATE TABLE changes (
  id text primary key, digest text not null unique, content text not null, operation text not null,
  request_digest text not null, state text not null check (state in ('pending', 'applied', 'rejected')),
  requester text not null, requesters text not null, expires_at text not null,
  decision text);

CREATE INDEX changes_pending on changes (request_digest) where state = 'pending';

CREATE TABLE checkpoints (
  size bigint primary key, previous_size bigint not null unique, root_hash text not null, at text not null,
  key_hint text not null, envelope text not null);

CREATE TABLE comparison_definitions (
  id text not null unique, project text not null references projects (name), name text not null,
  version integer not null, digest text not null, spec text not null, applied_by text not null,
  applied_at text not null, primary key (project, name, version));

CREATE TABLE comparisons (
  workspace text not null, run_id text not null, project text not null, model text not null,
  challenger_number integer not null, challenger_digest text not null, champion_number integer not null,
  champion_digest text not null, grade text not null, result text not null, compared_at text not null,
  primary key (workspace, run_id));

CREATE INDEX comparisons_by_model on comparisons (project, model, run_id);

CREATE INDEX comparisons_by_pair on comparisons (project, model, challenger_digest, champion_digest, run_id);

CREATE TABLE countersignatures (
  witness text not null, size bigint not null, at text not null, key_hint text not null, envelope text not null,
  primary key (witness, size));

CREATE TABLE decision_keys (
  fingerprint text primary key, identity_id text not null references identities (id), public_key text not null,
  registered_at text not null, revoked_at text, revoked_by text, also_ended_by text);

CREATE UNIQUE INDEX decision_keys_one_in_force on decision_keys (identity_id) where revoked_at is null;

CREATE TABLE deployment_keys (
  id text primary key, deployment_id text not null references deployments (id), name text not null,
  sha256 text not null, created_by text not null, created_at text not null, expires_at text, revoked_at text);

CREATE INDEX deployment_keys_by_deployment on deployment_keys (deployment_id, id);

CREATE UNIQUE INDEX deployment_keys_by_name on deployment_keys (deployment_id, name) where revoked_at is null;

CREATE TABLE deployments (
  id text primary key, project text not null references projects (name), name text not null, pipeline text not null,
  model text not null, stage text not null check (stage in ('staging', 'production')), flavor text not null,
  settings text not null, rollout text, challenger text, snapshot_id text not null references snapshots (id),
  service_account_id text not null references identities (id), created_by text not null, created_at text not null,
  updated_at text not null, deleted_at text);

CREATE UNIQUE INDEX deployments_by_name on deployments (project, name) where deleted_at is null;

CREATE TABLE drift_breaches (
  id text primary key, deployment_id text not null references deployments (id), project text not null,
  number integer not null, digest text not null, measure text not null, subject text not null, name text not null,
  value real not null, most real not null, windows integer not null, began_at text not null,
  seen_until text not null, ended_at text);

CREATE INDEX drift_breaches_by_deployment on drift_breaches (deployment_id, id);

CREATE UNIQUE INDEX drift_breaches_open on drift_breaches (project, digest, deployment_id, measure, subject, name)
  where ended_at is null;

CREATE TABLE drift_hook_calls (
  id text primary key, project text not null references projects (name),
  deployment_id text references deployments (id), run_id text references runs (id), batch_id text, hook text not null,
  snapshot_id text not null, notice text not null,
  state text not null check (state in ('waiting', 'running', 'done', 'failed', 'timed-out')), hook_digest text,
  error text, created_at text not null, started_at text, ended_at text);

CREATE INDEX drift_hook_calls_by_batch on drift_hook_calls (batch_id) where state = 'waiting';

CREATE INDEX drift_hook_calls_by_deployment on drift_hook_calls (deployment_id, id);

CREATE INDEX drift_hook_calls_by_run on drift_hook_calls (run_id, id);

CREATE TABLE erased_subjects (
  deployment_id text not null references deployments (id), subject text not null, erased_at text not null,
  primary key (deployment_id, subject));

CREATE TABLE export_attempts (
  id text primary key, bundle_digest text not null, executor text not null, started_at text not null, ended_at text);

CREATE INDEX export_attempts_by_bundle on export_attempts (bundle_digest);

CREATE TABLE federation_rules (
  id text primary key, issuer text not null, audience text not null, claims text not null,
  service_account text not null, created_by text not null, created_at text not null, removed_at text);

CREATE TABLE federation_tokens (
  issuer text not null, token_id text not null, expires_at text not null, primary key (issuer, token_id));

CREATE TABLE idempotency_keys (
  identity_id text not null, key text not null, operation text not null, request_digest text not null,
  response text not null, created_at text not null, primary key (identity_id, key));

CREATE TABLE identities (
  id text primary key, name text not null unique, kind text not null check (kind in ('user', 'service-account')),
  owner_id text references identities (id), disabled_at text, created_at text not null,
  check ((kind = 'user') = (owner_id is null)));

CREATE TABLE model_versions (
  id text primary key, project text not null, model text not null, number integer not null,
  stage text not null check (stage in ('none', 'staging', 'production', 'archived')), digest text not null,
  metrics text not null, parameters text not null, artifacts text not null, evaluation text not null,
  evidence text not null, source text not null, source_workspace text not null, source_number integer not null,
  bundle_digest text, created_by text not null, created_at text not null,
  unique (project, model, number), foreign key (project, model) references models (project, name));

CREATE UNIQUE INDEX model_versions_one_holder on model_versions (project, model, stage)
  where stage in ('staging', 'production');

CREATE UNIQUE INDEX model_versions_one_import on model_versions (project, model, bundle_digest)
  where bundle_digest is not null;

CREATE TABLE models (
  project text not null references projects (name), name text not null, latest_number integer not null,
  created_at text not null, primary key (project, name));

CREATE TABLE monitoring_windows (
  id text not null, deployment_id text not null references deployments (id), project text not null,
  digest text not null, level text not null, ended_at text not null, report text not null,
  primary key (deployment_id, id));

CREATE INDEX monitoring_windows_by_digest on monitoring_windows (project, digest, ended_at);

CREATE TABLE outbox (
  id text primary key, topic text not null, payload text not null, created_at text not null, attempts integer not null,
  next_attempt_at text not null, delivered_at text, last_error text);

CREATE INDEX outbox_waiting on outbox (next_attempt_at) where delivered_at is null;

CREATE TABLE passwords (
  id text primary key, identity_id text not null references identities (id), hash text, set_by text not null,
  set_at text not null, ended_at text, check ((hash is null) = (ended_at is not null)));

CREATE UNIQUE INDEX passwords_one_in_force on passwords (identity_id) where ended_at is null;

CREATE TABLE pipelines (
  project text not null references projects (name), name text not null, created_at text not null,
  primary key (project, name));

CREATE TABLE policies (
  id text not null unique, project text not null references projects (name), stage text not null, version integer not null,
  name text not null, digest text not null, spec text not null, applied_by text not null, applied_at text not null,
  primary key (project, stage, version));

CREATE TABLE prediction_labels (
  deployment_id text not null references deployments (id), prediction_id text not null, label text not null,
  imported_by text not null, imported_at text not null, primary key (deployment_id, prediction_id));

CREATE TABLE prediction_parts (
  id text primary key, project text not null references projects (name),
  deployment_id text not null references deployments (id), digest text not null, size_bytes integer not null,
  rows integer not null, first_id text not null, last_id text not null, first_at text not null, last_at text not null,
  layout text not null, registered_at text not null, removed_at text);

CREATE INDEX prediction_parts_by_deployment on prediction_parts (deployment_id, id);

CREATE INDEX prediction_parts_by_digest on prediction_parts (digest);

CREATE INDEX prediction_parts_by_last_id on prediction_parts (project, last_id, first_id);

CREATE TABLE prediction_subject_keys (
  deployment_id text not null references deployments (id), subject text not null,
  part_id text not null references prediction_parts (id), key text not null,
  primary key (deployment_id, subject, part_id));

CREATE INDEX prediction_subject_keys_by_part on prediction_subject_keys (part_id);

CREATE TABLE projects (id text primary key, name text not null unique, description text not null, created_at text not null);

CREATE TABLE promotions (
  id text primary key, project text not null references projects (name), model text not null, stage text not null,
  state text not null check (state in
  ('requested', 'awaiting_approval', 'approved', 'completed', 'refused', 'rejected')),
  bundle_uri text not null, bundle_digest text not null, candidate text, source text, plan text, plan_digest text,
  evidence text, gates text not null, difference text, approvals_required integer not null, approval_roles text not null,
  version_id text, version_number integer, run_id text, refusal text, requested_by text not null,
  requested_by_person text not null, requesters text not null, requested_claims text, requested_at text not null,
  ended_at text,
  lease_token text, lease_expires_at text);

CREATE INDEX promotions_by_bundle on promotions (project, bundle_digest, id);

CREATE INDEX promotions_by_project on promotions (project, id);

CREATE UNIQUE INDEX promotions_one_open on promotions (project, model, stage, bundle_digest)
  where state in ('requested', 'awaiting_approval', 'approved');

CREATE TABLE recall_notices (
  sequence integer primary key, recall_id text not null references recalls (id),
  act text not null check (act in ('issued', 'lifted')), unique (recall_id, act));

CREATE TABLE recalls (
  id text primary key, project text not null references projects (name),
  kind text not null check (kind in ('version', 'artifact', 'commit')), target text not null, model text,
  number integer, source_workspace text, source_number integer, digest text, git_commit text, reason text not null,
  at text not null, by_name text not null, by_person text, origin_workspace text not null, origin_id text not null,
  lifted_at text, lifted_by text, lifted_reason text, unique (origin_workspace, origin_id));

CREATE UNIQUE INDEX recalls_standing on recalls (project, kind, target)
  where lifted_at is null and by_person is not null;

CREATE TABLE receipts (
  project text not null, version_id text not null references model_versions (id), workspace text not null,
  number integer not null, stage text not null, since text not null, promotion_id text not null,
  bundle_digest text not null, key_hint text not null, received_at text not null,
  primary key (workspace, promotion_id));

CREATE INDEX receipts_by_version on receipts (version_id, promotion_id);

CREATE TABLE received_notices (
  workspace text not null, sequence integer not null, digest text not null, key_hint text not null,
  received_at text not null, primary key (workspace, sequence));

CREATE TABLE refused_checkpoints (
  workspace text not null, digest text not null, refused_at text not null, primary key (workspace, digest));

CREATE TABLE refused_files (
  exchange_key text not null, digest text not null, refused_at text not null, primary key (exchange_key, digest));

CREATE TABLE role_bindings (
  identity_id text not null references identities (id), project text not null, role text not null,
  primary key (identity_id, project, role));

CREATE TABLE run_logs (
  run_id text not null references runs (id), line bigint not null, step text not null, at text not null,
  level text not null, message text not null, fields text, primary key (run_id, line));

CREATE TABLE runs (
  id text primary key, project text not null references projects (name), pipeline text not null, snapshot_id text,
  snapshot_digest text, environment text not null, stack text, labels text not null,
  status text not null check (status in ('running', 'completed', 'failed', 'lost', 'cancelled')),
  grade text not null,
  model_action text, model_name text, model_number integer, model_digest text,
  champion_number integer, champion_digest text,
  started_by text not null, started_at text not null, ended_at text, error text, metadata text not null,
  hooks text not null, lease_token text not null, lease_expires_at text not null, executor text,
  retry_of text references runs (id), cancel_request text);

CREATE INDEX runs_by_pipeline on runs (project, pipeline, id);

CREATE INDEX runs_by_project on runs (project, id);

CREATE INDEX runs_by_status on runs (project, status, id);

CREATE INDEX runs_running on runs (id) where status = 'running';

CREATE TABLE schema_versions (version integer primary key, name text not null, breaking integer not null, applied_at text not null);

CREATE TABLE service_reports (
  deployment_id text primary key references deployments (id), report text not null, reported_at text not null,
  number integer, number_since text not null);

CREATE TABLE signing_keys (
  key_hint text primary key, public_key text not null, valid_from text not null, retired_at text);

CREATE TABLE snapshots (
  id text primary key, project text not null, pipeline text not null, digest text not null, environment text not null,
  stack text not null, git_commit text, dirty integer not null, spec text not null, created_by text not null,
  created_at text not null, unique (project, digest),
  foreign key (project, pipeline) references pipelines (project, name));

CREATE INDEX snapshots_by_pipeline on snapshots (project, pipeline, id);

CREATE TABLE stacks (
  project text not null references projects (name), name text not null, labels text not null, components text not null,
  created_at text not null, updated_at text not null, primary key (project, name));

CREATE TABLE stage_changes (
  sequence bigint primary key, id text not null unique, project text not null, model text not null,
  stage text not null, act text not null, number integer not null, source_number integer not null,
  digest text not null, previous_number integer, at text not null, by_name text not null, reason text,
  promotion_id text, policy_version integer not null);

CREATE INDEX stage_changes_by_model on stage_changes (project, model, sequence);

CREATE TABLE step_codes (
  project text not null references projects (name), digest text not null, code text not null,
  primary key (project, digest));

CREATE TABLE step_inputs (
  run_id text not null, step text not null, input text not null,
  artifact_id text not null references artifact_versions (id), primary key (run_id, step, input),
  foreign key (run_id, step) references step_runs (run_id, name));

CREATE INDEX step_inputs_by_artifact on step_inputs (artifact_id);

CREATE TABLE step_runs (
  run_id text not null references runs (id), name text not null,
  status text not null
  check (status in ('running', 'completed', 'failed', 'lost', 'cached', 'skipped', 'cancelled')),
  started_at text not null, ended_at text, metadata text not null, error text,
  earlier_attempts text not null default '[]', hooks text not null default '[]', skip_reason text, cache_key text,
  cached_from text references runs (id), primary key (run_id, name));

CREATE INDEX step_runs_by_cache_key on step_runs (cache_key, run_id) where cache_key is not null;

CREATE INDEX step_runs_by_cached_from on step_runs (cached_from, name) where cached_from is not null;

CREATE TABLE trusted_keys (
  key_hint text primary key, workspace text not null, public_key text not null, purposes text not null,
  added_at text not null, added_by text not null, retired_at text, removed_at text);

CREATE TABLE version_marks (
  id text primary key, project text not null, model text not null, number integer not null, digest text,
  source_workspace text not null, source_number integer not null,
  mark text not null check (mark in ('rejected', 'rolled-back', 'recalled')), reason text not null, recall_id text,
  at text not null, by_name text not null, by_person text not null, released_at text, released_by text,
  foreign key (project, model, number) references model_versions (project, model, number));

CREATE UNIQUE INDEX version_marks_in_force on version_marks (project, model, number, mark)
  where released_at is null;

CREATE TABLE version_refs (
  project text not null, ref text not null,
  kind text not null check (kind in ('run', 'artifact', 'snapshot', 'commit', 'bundle')),
  version_id text not null references model_versions (id), primary key (project, ref, version_id, kind));

CREATE TABLE witnessed_checkpoints (
  workspace text not null, size bigint not null, root_hash text not null, at text not null, key_hint text not null,
  envelope text not null, primary key (workspace, size));

CREATE TABLE workspaces (
  id text primary key, name text not null unique, created_at text not null, four_eyes integer not null,
  four_eyes_since text);
