// `@{` stands for the shell's own braces, which are not ours to fill in.
const script = String.raw`#!/bin/bash
# Checks this evidence with openssl alone: bash check.sh SOURCE.pem WORKSPACE.pem [WITNESS.pem]
# SOURCE.pem is the public key of the workspace that trained the model, at the time it signed the bundle; WORKSPACE.pem
# that of the one this comes from; WITNESS.pem that of whoever countersigned its log, often the source again.
# Get both from the people who run them. Those in keys/ came with the evidence and prove nothing by themselves.
# This file came with the evidence, too: compare it with one of a pack that you trust, the same for every pack.
set -euo pipefail
[ $# -eq 2 ] || [ $# -eq 3 ] || { echo 'usage: bash check.sh SOURCE.pem WORKSPACE.pem [WITNESS.pem]' >&2; exit 2; }
path() { case $1 in /*) echo "$1" ;; *) echo "$PWD/$1" ;; esac; }
for key in "$@"; do
  openssl pkey -pubin -in "$key" -noout 2>/dev/null || { echo "$key is no public key that can be read" >&2; exit 2; }
done
source_key=$(path "$1") workspace_key=$(path "$2") witness_key=
[ $# -eq 2 ] || witness_key=$(path "$3")
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

if command -v sha256sum >/dev/null; then digest() { sha256sum; }; else digest() { openssl dgst -sha256 -r; }; fi
sha256() { local line; line=$(digest); echo "@{line:0:64}"; }
field() { sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p" "$2"; }
bytes() { # HEX
  local rest=$1 escaped=
  while [ -n "$rest" ]; do escaped+="\x@{rest:0:2}" rest=@{rest:2}; done
  printf "$escaped"
}
fail() { echo "FAILED: $1" >&2; exit 1; }
need() { [ -f "$1" ] || fail "$1 is missing"; }

# A DSSE envelope: the signature is over its type, its length and the payload.
signed() { # FILE KEY TYPE PAYLOAD
  need "$1"
  field payload "$1" | openssl base64 -d -A >"$4"
  field sig "$1" | openssl base64 -d -A >"$4.sig"
  { printf 'DSSEv1 %d %s %d ' "$(printf %s "$3" | wc -c)" "$3" "$(wc -c <"$4")"; cat "$4"; } >"$4.signed"
  openssl dgst -sha256 -verify "$2" -signature "$4.sig" "$4.signed" >/dev/null || fail "$1 is not signed by $2"
  echo "ok: $1 is signed by $2"
}

node() { bytes "01$1$2" | sha256; }

# RFC 9162, 2.1.3.2: the event is in the log whose root the checkpoint signs.
included() { # PROOF ENTRY
  need "$2"
  local index size leaf place last found sibling
  read -r index size leaf <"$1"
  found=$({ printf '\x00'; cat "$2"; } | sha256)
  [ "$found" = "$leaf" ] || fail "$2 is not the event that was hashed"
  checkpoint=$(printf 'audit/checkpoint-%012d.json' "$size")
  [ -e "$work/$size" ] || signed "$checkpoint" "$workspace_key" application/vnd.airlock.checkpoint+json "$work/$size"
  grep -q "\"size\":$size,\|\"size\":$size}" "$work/$size" || fail "$checkpoint is of another size"
  place=$index last=$((size - 1))
  while read -r sibling; do
    [ "$last" -ne 0 ] || fail "$1 is too long"
    if [ $((place % 2)) -eq 1 ] || [ "$place" -eq "$last" ]; then
      found=$(node "$sibling" "$found")
      while [ $((place % 2)) -eq 0 ] && [ "$place" -ne 0 ]; do place=$((place / 2)) last=$((last / 2)); done
    else
      found=$(node "$found" "$sibling")
    fi
    place=$((place / 2)) last=$((last / 2))
  done < <(tail -n +2 "$1")
  [ "$last" -eq 0 ] && [ "$found" = "$(field rootHash "$work/$size")" ] || fail "$2 is not in the log"
  echo "ok: $2 is event $((index + 1)) of the log"
}
shopt -s nullglob
for entry in audit/*.entry.json; do need "@{entry%.entry.json}.proof"; done
for proof in audit/*.proof; do
  included "$proof" "audit/$(basename "$proof" .proof).entry.json"
done

holding() { # TEXT..., the events that have them all
  local entry text
  for entry in audit/*.entry.json; do
    for text in "$@"; do grep -qF "$text" "$entry" || continue 2; done
    echo "$entry"
  done
}
one() { local line; read -r line || true; cat >/dev/null; echo "$line"; }
last() { local line found=; while read -r line; do found=$line; done; echo "$found"; }

# How the version came here is an event, or this is no evidence of it.
imported=$(holding '"type":"promotion.completed"' | one)
registered=$(holding '"type":"model-version.registered"' | one)
[ -n "$registered" ] || fail 'no event says how the version came here'

if [ -n "$imported" ]; then
  signed bundle/model.sig "$source_key" application/vnd.in-toto+json "$work/statement"
  for name in manifest.json snapshot.json lineage.json; do
    need "bundle/$name"
    digest=$(sha256 <"bundle/$name")
    grep -q "\"name\":\"$name\",\"algorithm\":\"sha256\",\"digest\":\"$digest\"" "$work/statement" ||
      fail "bundle/$name is not what was signed"
    echo "ok: bundle/$name is what was signed, $digest"
  done
  grep -qF "\"digest\":\"$(sha256 <bundle/manifest.json)\"" "$imported" || fail "$imported imported another bundle"
  echo "ok: $imported imported this bundle"
fi

# Which events there are is an event, too: none of those it names may be missing.
taken=$(holding '"type":"evidence.taken"' | last)
[ -n "$taken" ] || fail 'no event says which events there are'
[ "$(field id "$taken")" = "$(field id "$registered")" ] || fail "$taken is about another version than $registered"
while read -r sequence; do
  need "audit/$(printf %012d "$sequence").entry.json"
done < <(grep -o '"sequences":\[[0-9,]*\]' "$taken" | grep -o '[0-9]*' || true)
named=$(grep -o '"subjects":\[[^]]*\]' "$taken" | head -n 1)
echo "ok: $taken of $(field at "$taken") names all events about @{named#*:}, and they are here"

# A witness signs size and root anew: the log it saw is the one above.
witnessed=0
for seen in audit/countersignature-*.json; do
  if [ -z "$witness_key" ]; then echo "not checked: $seen, give the key of its witness as the third"; continue; fi
  signed "$seen" "$witness_key" application/vnd.airlock.witness+json "$work/seen"
  size=@{seen#audit/countersignature-} size=$((10#@{size%%-*}))
  [ -e "$work/$size" ] || fail "$seen is of a checkpoint that is not here"
  for name in rootHash workspace; do
    [ "$(field $name "$work/seen")" = "$(field $name "$work/$size")" ] || fail "$seen is of another $name"
  done
  grep -q "\"size\":$size[,}]" "$work/seen" || fail "$seen is of another size"
  witnessed=1
done
[ -z "$witness_key" ] || [ "$witnessed" -eq 1 ] || fail "no countersignature is here for $witness_key"

# A decision is signed by its person's own key, which the log says is theirs, and stands in the log as it was signed.
decided() { # STATEMENT
  local stem=@{1%.json} fingerprint registered person signature entry
  need "$stem.sig"
  need "$stem.pem"
  openssl base64 -d -A <"$stem.sig" >"$work/sig"
  openssl dgst -sha256 -verify "$stem.pem" -signature "$work/sig" "$1" >/dev/null || fail "$1 is not signed by $stem.pem"
  fingerprint=$(sha256 <"$stem.pem")
  registered=$(holding '"type":"decision-key.registered"' "\"kind\":\"decision-key\"" "\"id\":\"$fingerprint\"" | one)
  [ -n "$registered" ] || fail "no event registers the key $stem.pem"
  person=$(field person "$registered") signature=$(cat "$stem.sig")
  entry=$(holding "\"type\":\"promotion.$(field verdict "$1")\"" "\"person\":\"$person\"" "\"signature\":\"$signature\"" | one)
  [ -n "$entry" ] || fail "$1 is in no event of $person"
  grep -q "\"digest\":\"$(field digest "$1")\"" "$entry" || fail "$1 is on something else than $entry"
  echo "ok: $1 is signed by $person, whose key $registered registers"
}
for statement in decisions/*.json; do decided "$statement"; done
# What counted when it was imported stands in that event, and must be here.
if [ -n "$imported" ]; then
  while read -r signature; do
    cat decisions/*.sig /dev/null | grep -qxF "$signature" || fail "a decision that $imported counts is missing"
  done < <(grep -o '"signature":"[^"]*"' "$imported" | cut -d '"' -f 4)
fi
echo "not checked: what came after $taken, and whether it names all there were, which the whole log shows: airlock audit verify"
echo 'not checked: SUMMARY.md and the other files beside this one are for reading; what counts stands in audit/ and bundle/'
echo 'all checks passed'
`

/** What an auditor runs: bash and openssl, nothing of ours. */
export const checkScript = script.replaceAll('@{', '${')
