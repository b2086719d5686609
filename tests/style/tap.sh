# shellcheck shell=bash
# Sourced by the style tests: says in TAP what held. No git and no Python here: the tree may be an
# unpacked archive.
tap_points=0

# point NAME FINDINGS: a test point that holds where there are no findings; they are shown otherwise.
point ()
{
  tap_points=$((tap_points + 1))
  if [ -z "$2" ]; then
    printf 'ok %d %s\n' "$tap_points" "$1"
  else
    printf '%s\n' "$2" | sed 's/^/# /'
    printf 'not ok %d %s\n' "$tap_points" "$1"
  fi
}

# skip NAME REASON
skip ()
{
  tap_points=$((tap_points + 1))
  printf 'ok %d %s # SKIP %s\n' "$tap_points" "$1" "$2"
}

plan ()
{
  printf '1..%d\n' "$tap_points"
}

# expect NAME WANTED GOT: a test point that holds where the two texts are the same.
expect ()
{
  if [ "$2" = "$3" ]; then
    point "$1" ''
  else
    point "$1" "$(printf 'expected:\n%s\ngot:\n%s' "$2" "$3")"
  fi
}

# tree FOLDER: the files of a source tree, sorted, relative to it; no build folders, no dot folders.
tree ()
{
  (cd -- "$1" && find . \( -path './.?*' -o -path './build' -o -path './build-*' -o -name __pycache__ \) -prune \
     -o -type f -print | sed 's,^\./,,' | LC_ALL=C sort)
}
